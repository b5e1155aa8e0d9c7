"""Every setting once, with its type, default and limits; the only importer of pydantic."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, ByteSize, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from ingest.errors import SettingsError
from ingest.settings.client_names import read_client_names
from ingest.settings.names import PASSPHRASE_FILE, PREFIX, SECRETS

WEAK_KEY_CHARACTERS: Final = 16
MB: Final = 1_000_000
MOST_HOURS: Final = 24 * 366
SIZE: Final = "a size like 512MB"
MOST_SHOWN: Final = 60


def read_path(value: str | Path) -> Path:
    """Read a path, `~` included.

    Raises:
        ValueError: nobody has that home.
    """
    path = Path(expand(value))
    if str(path).startswith("~"):
        raise ValueError(f"expected a path, found {path}, whose home is not known here")
    return path


def expand(path: str | Path) -> str:
    """Replace a leading `~` by the home it means, if that is known."""
    return os.path.expanduser(path)  # noqa: PTH111 - pathlib's fails without a home


def _read_mode(value: str | int) -> int:
    """Read a file's mode as chmod does; readers must not be able to write."""
    octal = re.fullmatch("[0-7]{3,4}", str(value))
    mode = value if isinstance(value, int) else int(value, 8) if octal else 0
    if mode & ~0o755 or mode & 0o600 != 0o600:
        raise ValueError(f"expected a mode like 0640, found {value}")
    return mode


FolderPath = Annotated[Path, BeforeValidator(read_path)]
FileMode = Annotated[int, BeforeValidator(_read_mode)]
ClientNames = Annotated[dict[str, str], NoDecode, BeforeValidator(read_client_names)]


class Settings(BaseSettings):
    """Every setting once; the environment calls them `MX_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment first, then the constructor's arguments, which come from `.env`."""
        return env_settings, init_settings

    source: str = ""
    data: FolderPath = Path("data")
    gnupghome: FolderPath = Path()
    gpg_passphrase: SecretStr | None = None
    gpg_passphrase_file: FolderPath | None = None
    gpg_only: bool = Field(default=False, description="true or false")
    sftp_password: SecretStr | None = None
    sftp_password_file: FolderPath | None = None
    sftp_private_key: SecretStr | None = None
    sftp_private_key_file: FolderPath | None = None
    sftp_known_hosts: FolderPath = Path(expand("~/.ssh/known_hosts"))
    api_key: SecretStr | None = None
    api_key_file: FolderPath | None = None
    https_ca: FolderPath | None = None
    https_cert: FolderPath | None = None
    https_cert_key: FolderPath | None = None
    https_proxy: SecretStr | None = None
    https_proxy_file: FolderPath | None = None
    mask_key: SecretStr | None = None
    mask_key_file: FolderPath | None = None
    mirror: str = ""
    mirror_only: Literal["", "archive"] = Field(default="", description="archive, or nothing")
    mirror_endpoint: str = ""
    mirror_encryption: str = ""
    erased: Literal["filter", "refuse"] = Field(default="filter", description="filter or refuse")
    memory: ByteSize = Field(default=ByteSize(512 << 20), ge=MB * 256, description=SIZE)
    build_memory: ByteSize = Field(default=ByteSize(MB * 4000), ge=MB * 64, description=SIZE)
    landings: str = ""
    lake: str = ""
    file_format: str = "iceberg"
    keep_releases: int = Field(default=5, ge=2, description="a whole number")
    serve_mode: FileMode = 0o640
    serve_masked_mode: FileMode = 0o644
    publish_to: str = ""
    publish_full: bool = Field(default=False, description="true or false")
    publish_reader: str = ""
    publish_password: SecretStr | None = None
    publish_password_file: FolderPath | None = None
    settle_hours: float = Field(default=6, ge=0, le=MOST_HOURS, description="a number of hours")
    max_plain_bytes: ByteSize = Field(default=ByteSize(64 << 30), ge=1, description=SIZE)
    client_names: ClientNames = Field(default_factory=dict)

    @model_validator(mode="after")
    def _find_made_passphrase(self) -> Self:
        """Use the passphrase beside the keys that `ingest keys new` made, if none is set."""
        made = self.gnupghome / PASSPHRASE_FILE
        is_set = self.gpg_passphrase is not None or self.gpg_passphrase_file is not None
        if "gnupghome" in self.model_fields_set and not is_set and made.is_file():
            self.gpg_passphrase_file = made
        return self

    @model_validator(mode="after")
    def _read_secret_files(self) -> Self:
        for name in SECRETS:
            path: Path | None = getattr(self, f"{name}_file")
            if path is None or getattr(self, name) is not None:
                continue
            setattr(self, name, SecretStr(_read_secret(f"{PREFIX}{name.upper()}_FILE", path)))
        return self

    @model_validator(mode="after")
    def _refuse_weak_key(self) -> Self:
        """Refuse a short key: it can be guessed, and then tells whose values are hashed."""
        if self.mask_key and len(self.mask_key.get_secret_value()) < WEAK_KEY_CHARACTERS:
            raise ValueError(
                f"MX_MASK_KEY: expected at least {WEAK_KEY_CHARACTERS} characters, found fewer; "
                "make one with: openssl rand -hex 32"
            )
        return self


def _read_secret(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "bytes that are no text"
        raise ValueError(
            f"{name}: expected a file with a secret, found {reason}: {path}"
        ) from error
    if not text:
        raise ValueError(f"{name}: expected a file with a secret, found it empty: {path}")
    return text


def make_settings(values: Mapping[str, Any]) -> Settings:
    """Make the settings from values of `.env` and from the environment, which comes first.

    Raises:
        SettingsError: values are malformed, all of them in one message.
    """
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("; ".join(map(_describe_problem, error.errors()))) from error


def _describe_problem(problem: Mapping[str, Any]) -> str:
    """Say in our words what is wrong with a setting; no secret has a limit to break."""
    name = "_".join(f"{PREFIX}{part}".upper() for part in problem["loc"])
    context = problem.get("ctx", {})
    if "error" in context:
        return ": ".join(filter(None, (name, str(context["error"]))))
    expected = Settings.model_fields[str(problem["loc"][0])].description or "another value"
    if "ge" in context:
        expected = f"at least {_describe_limit(context['ge'], expected)}"
    elif "le" in context:
        expected = f"at most {_describe_limit(context['le'], expected)}"
    return f"{name}: expected {expected}, found {str(problem['input'])[:MOST_SHOWN]}"


def _describe_limit(limit: float, expected: str) -> str:
    if expected == SIZE:
        return ByteSize(limit).human_readable(decimal=True, separator="").replace(".0", "")
    return f"{limit:g}"


def reveal(secret: SecretStr | None) -> str | None:
    """Unwrap a secret where it is used."""
    return secret.get_secret_value() if secret else None
