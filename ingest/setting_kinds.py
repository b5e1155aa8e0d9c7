"""What kinds of settings there are, and how each is read from a text.

pydantic would do it, and takes longer to import than all else that a run needs at its start.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

N = TypeVar("N", int, float)
Kind = dict[str, Callable[[str], Any]]
"""What a dataclass notes of a field: how it is read from a text."""

_YES: Final = ("1", "on", "t", "true", "y", "yes")
_NO: Final = ("0", "off", "f", "false", "n", "no")
_UNITS: Final = ("", "k", "m", "g", "t", "p")
_SIZE: Final = re.compile(r"\s*(\d*\.?\d+)\s*([kmgtp]?)(i?)b?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that does not show."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        return self._text


def _read_path(text: str) -> Path:
    return Path(text).expanduser()


def _read_yes_or_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(f"expected true or false, found {text}")


def number(kind: type[N], *, at_least: N) -> Kind:
    """Say that a field is a number."""

    def read(text: str) -> N:
        try:
            return _at_least(kind(text), at_least, text=text)
        except ValueError as error:
            raise ValueError(f"expected a number of at least {at_least}, found {text}") from error

    return {"read": read}


def size(*, at_least: int = 0) -> Kind:
    """Say that a field is a size in bytes: 512MB is in thousands, 512MiB in powers of two."""

    def read(text: str) -> int:
        found = _SIZE.fullmatch(text)
        if not found:
            raise ValueError(f"expected a size like 512MB, found {text}")
        count, unit, is_binary = found.groups()
        factor = (1024 if is_binary else 1000) ** _UNITS.index(unit.lower())
        return _at_least(int(float(count) * factor), at_least, text=text)

    return {"read": read}


def _read_file_mode(text: str) -> int:
    """Read a file's mode as chmod does; what readers open, they do not write to."""
    mode = int(text, 8) if re.fullmatch("[0-7]+", text) else 0
    if mode & ~0o755 or mode & 0o600 != 0o600:
        raise ValueError(f"expected a mode like 0640, found {text}")
    return mode


def _at_least(value: N, least: N, *, text: str) -> N:
    if not least <= value < math.inf:
        raise ValueError(f"expected at least {least}, found {text}")
    return value


PATH: Final[Kind] = {"read": _read_path}
SECRET: Final[Kind] = {"read": Secret}
YES_OR_NO: Final[Kind] = {"read": _read_yes_or_no}
FILE_MODE: Final[Kind] = {"read": _read_file_mode}
