"""The settings, from the environment and `.env`; the only reader of the environment."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from ingest.errors import SettingsError
from ingest.setting_kinds import (
    FILE_MODE,
    PATH,
    SECRET,
    YES_OR_NO,
    Secret,
    number,
    size,
)

SECRETS: Final = (
    "gpg_passphrase",
    "sftp_password",
    "sftp_private_key",
    "api_key",
    "https_proxy",
    "mask_key",
)

PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file
WEAK_KEY_CHARACTERS = 16
ENV_PREFIX: Final = "MX_"
ENV_FILE: Final = Path(".env")


@dataclass(kw_only=True)
class Settings:
    """Every setting once; the environment calls them `MX_` and the name in capitals."""

    source: str = ""
    data: Path = field(default=Path("data"), metadata=PATH)
    gnupghome: Path = field(default=Path(), metadata=PATH)
    gpg_passphrase: Secret | None = field(default=None, metadata=SECRET)
    gpg_passphrase_file: Path | None = field(default=None, metadata=PATH)
    gpg_only: bool = field(default=False, metadata=YES_OR_NO)
    sftp_password: Secret | None = field(default=None, metadata=SECRET)
    sftp_password_file: Path | None = field(default=None, metadata=PATH)
    sftp_private_key: Secret | None = field(default=None, metadata=SECRET)
    sftp_private_key_file: Path | None = field(default=None, metadata=PATH)
    sftp_known_hosts: Path = field(default=Path("~/.ssh/known_hosts").expanduser(), metadata=PATH)
    api_key: Secret | None = field(default=None, metadata=SECRET)
    api_key_file: Path | None = field(default=None, metadata=PATH)
    https_ca: Path | None = field(default=None, metadata=PATH)
    https_cert: Path | None = field(default=None, metadata=PATH)
    https_cert_key: Path | None = field(default=None, metadata=PATH)
    https_proxy: Secret | None = field(default=None, metadata=SECRET)
    https_proxy_file: Path | None = field(default=None, metadata=PATH)
    mask_key: Secret | None = field(default=None, metadata=SECRET)
    mask_key_file: Path | None = field(default=None, metadata=PATH)
    memory: int = field(default=512 << 20, metadata=size(at_least=256 << 20))
    build_memory: int = field(default=4_000_000_000, metadata=size())
    keep_releases: int = field(default=5, metadata=number(int, at_least=2))
    serve_mode: int = field(default=0o640, metadata=FILE_MODE)
    serve_masked_mode: int = field(default=0o644, metadata=FILE_MODE)
    settle_hours: float = field(default=6.0, metadata=number(float, at_least=0))
    max_plain_bytes: int = field(default=64 << 30, metadata=size())


def load_settings(*required: str) -> Settings:
    """Read the settings.

    Args:
        required: names of settings that the caller cannot do without.

    Raises:
        SettingsError: settings are malformed or required ones missing, all of them in one message.
    """
    said = _read_environment()
    settings, problems = Settings(), []
    for each in fields(Settings):
        try:
            if each.name in said:
                setattr(settings, each.name, each.metadata.get("read", str)(said[each.name]))
        except ValueError as error:
            problems.append(f"{_variable(each.name)}: {error}")
    if problems:
        raise SettingsError("; ".join(problems))
    _find_secrets(settings, said=said)
    if missing := [_variable(name) for name in required if name not in said]:
        raise SettingsError(
            f"{', '.join(missing)}: expected in the environment or .env, found nothing; "
            "see .env.example"
        )
    return settings


def _find_secrets(settings: Settings, *, said: dict[str, str]) -> None:
    """Read secrets from their files; a passphrase that was made with a key lies beside it."""
    made = settings.gnupghome / PASSPHRASE_FILE
    is_said = settings.gpg_passphrase is not None or settings.gpg_passphrase_file is not None
    if "gnupghome" in said and not is_said and made.is_file():
        settings.gpg_passphrase_file = made
    for name in SECRETS:
        path: Path | None = getattr(settings, f"{name}_file")
        if path and getattr(settings, name) is None:
            setattr(settings, name, _read_secret(path, name=name))
    key = settings.mask_key
    if key and len(key.reveal()) < WEAK_KEY_CHARACTERS:
        # a short key is found by trying: whoever has it can tell whose values are hashed
        raise SettingsError(
            f"MX_MASK_KEY: expected at least {WEAK_KEY_CHARACTERS} characters, found fewer; "
            "make one with: openssl rand -hex 32"
        )


def _read_secret(path: Path, *, name: str) -> Secret:
    try:
        return Secret(path.read_text().rstrip("\n"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        variable = _variable(f"{name}_file")
        raise SettingsError(f"{variable}: cannot read {path}: {reason}") from error


def _read_environment() -> dict[str, str]:
    """Read what is set, by its name in `Settings`; the environment goes before `.env`."""
    said: dict[str, Any] = {}
    if ENV_FILE.is_file():
        from dotenv import dotenv_values

        said |= dotenv_values(ENV_FILE)
    said |= {name: value for name, value in os.environ.items() if value}
    return {
        name.removeprefix(ENV_PREFIX).lower(): value
        for name, value in said.items()
        if value and name.startswith(ENV_PREFIX)
    }


def _variable(name: str) -> str:
    return f"{ENV_PREFIX}{name.upper()}"


def reveal(secret: Secret | None) -> str | None:
    """Unwrap a secret where it is used."""
    return secret.reveal() if secret else None
