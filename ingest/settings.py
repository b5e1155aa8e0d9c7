"""The settings, from the environment and `.env`; the only reader of the environment."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import SettingsError

SECRETS = (
    "gpg_passphrase",
    "sftp_password",
    "sftp_private_key",
    "api_key",
    "https_proxy",
    "mask_key",
)

PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file

FolderPath = Annotated[Path, BeforeValidator(lambda value: Path(value).expanduser())]


def _read_mode(value: str | int) -> int:
    """Read a file's mode as chmod does; what readers open, they do not write to."""
    mode = value if isinstance(value, int) else int(value, 8) if value.isdecimal() else 0
    if mode & ~0o755 or mode & 0o600 != 0o600:
        raise ValueError(f"expected a mode like 0640, found {value}")
    return mode


FileMode = Annotated[int, BeforeValidator(_read_mode)]

WEAK_KEY_CHARACTERS = 16


class Settings(BaseSettings):
    """Every setting once; the environment calls them `MX_` and the name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="MX_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    source: str = ""
    data: FolderPath = Path("data")
    gnupghome: FolderPath = Path()
    gpg_passphrase: SecretStr | None = None
    gpg_passphrase_file: FolderPath | None = None
    gpg_only: bool = False
    sftp_password: SecretStr | None = None
    sftp_password_file: FolderPath | None = None
    sftp_private_key: SecretStr | None = None
    sftp_private_key_file: FolderPath | None = None
    sftp_known_hosts: FolderPath = Path("~/.ssh/known_hosts").expanduser()
    api_key: SecretStr | None = None
    api_key_file: FolderPath | None = None
    https_ca: FolderPath | None = None
    https_cert: FolderPath | None = None
    https_cert_key: FolderPath | None = None
    https_proxy: SecretStr | None = None
    https_proxy_file: FolderPath | None = None
    mask_key: SecretStr | None = None
    mask_key_file: FolderPath | None = None
    memory: ByteSize = Field(default=ByteSize(512 << 20), ge=256 << 20)
    build_memory: ByteSize = ByteSize(4_000_000_000)
    keep_releases: int = Field(default=5, ge=2)
    serve_mode: FileMode = 0o640
    serve_masked_mode: FileMode = 0o644
    settle_hours: float = Field(default=6, ge=0)
    max_plain_bytes: ByteSize = ByteSize(64 << 30)

    @model_validator(mode="after")
    def _find_made_passphrase(self) -> Self:
        """A passphrase that `ingest keys new` has made lies beside the keys."""
        made = self.gnupghome / PASSPHRASE_FILE
        is_said = self.gpg_passphrase is not None or self.gpg_passphrase_file is not None
        if "gnupghome" in self.model_fields_set and not is_said and made.is_file():
            self.gpg_passphrase_file = made
        return self

    @model_validator(mode="after")
    def _read_secret_files(self) -> Self:
        for name in SECRETS:
            path: Path | None = getattr(self, f"{name}_file")
            if path is None or getattr(self, name) is not None:
                continue
            try:
                setattr(self, name, SecretStr(path.read_text().rstrip("\n")))
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "no text"
                raise ValueError(f"MX_{name.upper()}_FILE: cannot read {path}: {reason}") from error
        return self

    @model_validator(mode="after")
    def _refuse_weak_key(self) -> Self:
        """A short key is found by trying: whoever has it can tell whose values are hashed."""
        if self.mask_key and len(self.mask_key.get_secret_value()) < WEAK_KEY_CHARACTERS:
            raise ValueError(
                f"MX_MASK_KEY: expected at least {WEAK_KEY_CHARACTERS} characters, found fewer; "
                "make one with: openssl rand -hex 32"
            )
        return self


def load_settings(*required: str) -> Settings:
    """Read the settings.

    Args:
        required: names of settings that the caller cannot do without.

    Raises:
        SettingsError: settings are malformed or required ones missing, all of them in one message.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        problems = [
            ": ".join([*(f"MX_{str(part).upper()}" for part in each["loc"]), each["msg"]])
            for each in error.errors()
        ]
        raise SettingsError("; ".join(problems)) from error
    if missing := [name for name in required if name not in settings.model_fields_set]:
        names = ", ".join(f"MX_{name.upper()}" for name in missing)
        raise SettingsError(
            f"{names}: expected in the environment or .env, found nothing; see .env.example"
        )
    return settings


class _DataFolder(BaseSettings):
    model_config = Settings.model_config

    data: FolderPath = Path("data")


def data_folder() -> Path | None:
    """Read where the data folder is, whatever is wrong with other settings; None if that is."""
    try:
        return _DataFolder().data
    except (ValidationError, OSError, UnicodeDecodeError):
        return None


def reveal(secret: SecretStr | None) -> str | None:
    """Unwrap a secret where it is used."""
    return secret.get_secret_value() if secret else None
