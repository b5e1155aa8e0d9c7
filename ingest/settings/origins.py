"""Which settings are set, and where each value comes from."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.settings.env_file import env_file, read_env_file
from ingest.settings.fields import Settings
from ingest.settings.names import PASSPHRASE_FILE, PREFIX, SECRETS
from ingest.settings.unknown import find_unknown

DEFAULT = "default"
_ALWAYS = ("source", "data", "gnupghome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One setting, as it may be shown, and the place that gives it."""

    name: str
    value: str
    place: str


def list_origins(settings: Settings) -> Iterator[Origin]:
    """Give the settings that are set, and the most important defaults; no secret is shown.

    Raises:
        SettingsError: `.env` cannot be read.
    """
    in_environment = {name.upper() for name, value in os.environ.items() if value}
    in_file = {name.upper() for name in read_env_file(env_file())}
    for field in Settings.model_fields:
        name = f"{PREFIX}{field.upper()}"
        if name in in_environment:
            yield _origin(settings, field, "the environment")
        elif name in in_file:
            yield _origin(settings, field, str(env_file()))
        elif _is_made(settings, field):
            yield _origin(settings, field, "made with the keys")
        elif field in _ALWAYS:
            yield _origin(settings, field, DEFAULT)


def list_unknown() -> Iterator[str]:
    """Report the names in the environment and in `.env` that look like settings and are none.

    `load_settings` then does not warn of them.
    """
    return find_unknown({"the environment": os.environ, str(env_file()): read_env_file(env_file())})


def _is_made(settings: Settings, field: str) -> bool:
    path = settings.gpg_passphrase_file
    made = settings.gnupghome / PASSPHRASE_FILE
    return field == "gpg_passphrase_file" and path == made


def _origin(settings: Settings, field: str, place: str) -> Origin:
    value = "(secret)" if field in SECRETS else _text(getattr(settings, field), field)
    shown = re.sub(r"(://[^/@:\s]*):[^/@\s]*@", r"\1:(secret)@", value)
    return Origin(name=f"{PREFIX}{field.upper()}", value=shown or "nothing", place=place)


def _text(value: object, field: str) -> str:
    return f"{value:04o}" if field.endswith("_mode") else str(value)
