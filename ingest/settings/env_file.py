"""Read `.env`. A value is what is written there: nothing in it is expanded."""

import io
import os
import re
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from ingest.errors import SettingsError

ENV_FILE: Final = "MX_ENV_FILE"
"""Names the path of `.env` for a shell that leaves its folder; `just` and `just env` set it."""
_COMMENT: Final = re.compile(r"=[^\S\r\n]+#")
_KEY: Final = "-----BEGIN"


def env_file() -> Path:
    """Give the path of `.env`: in the working folder, unless MX_ENV_FILE names another."""
    return Path(os.environ.get(ENV_FILE) or ".env")


def read_env_file(path: Path) -> dict[str, str]:
    """Read all names with a value; a missing file has none.

    Raises:
        SettingsError: the file or a line cannot be read. No value is in the message.
    """
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: expected to read it, found {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: expected text in UTF-8, found other bytes") from error
    values = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or _is_half(binding):
            first = binding.original.string
            line = binding.original.line + len(first) - len(first.lstrip("\r\n"))
            raise SettingsError(
                f"{path}: line {line}: expected NAME=value, found another line or an open quote; "
                "put the value into single quotes, with \\' for ' and \\\\ for \\ in it"
            )
        is_comment = _COMMENT.search(binding.original.string.partition("\n")[0])
        if binding.key and binding.value and not (is_comment and binding.value.startswith("#")):
            values[binding.key] = binding.value
    return values


def _is_half(binding: Binding) -> bool:
    """Say whether a setting has no value, or one over several lines that is no private key."""
    if binding.value is None:
        return (binding.key or "").startswith("MX_")
    return "\n" in binding.value.strip() and not binding.value.lstrip().startswith(_KEY)
