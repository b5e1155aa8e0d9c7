"""The settings, from the environment and `.env`; the only reader of the environment."""

import os
from pathlib import Path
from typing import Annotated, Any, Final, Self, get_args

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ingest.errors import SettingsError
from ingest.settings.env_file import ENV_FILE, env_file, read_env_file
from ingest.settings.names import PREFIX, say_problem, warn_of_unknown

SECRETS = (
    "gpg_passphrase",
    "sftp_password",
    "sftp_private_key",
    "api_key",
    "https_proxy",
    "mask_key",
)

PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file


def _read_path(value: str | Path) -> Path:
    path = Path(os.path.expanduser(value))  # noqa: PTH111 - pathlib's fails without a home
    if str(path).startswith("~"):
        raise ValueError(f"expected a path, found {path}, whose home is not known here")
    return path


FolderPath = Annotated[Path, BeforeValidator(_read_path)]


def _read_mode(value: str | int) -> int:
    """Read a file's mode as chmod does; what readers open, they do not write to."""
    mode = value if isinstance(value, int) else int(value, 8) if value.isdecimal() else 0
    if mode & ~0o755 or mode & 0o600 != 0o600:
        raise ValueError(f"expected a mode like 0640, found {value}")
    return mode


FileMode = Annotated[int, BeforeValidator(_read_mode)]

WEAK_KEY_CHARACTERS = 16
MB: Final = 1_000_000
MOST_HOURS: Final = 24 * 366
SIZE: Final = "a size like 512MB"


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
        """The environment comes first, then what is given to the constructor: `.env`."""
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
    sftp_known_hosts: FolderPath = Path(os.path.expanduser("~/.ssh/known_hosts"))  # noqa: PTH111
    api_key: SecretStr | None = None
    api_key_file: FolderPath | None = None
    https_ca: FolderPath | None = None
    https_cert: FolderPath | None = None
    https_cert_key: FolderPath | None = None
    https_proxy: SecretStr | None = None
    https_proxy_file: FolderPath | None = None
    mask_key: SecretStr | None = None
    mask_key_file: FolderPath | None = None
    memory: ByteSize = Field(default=ByteSize(512 << 20), ge=MB * 256, description=SIZE)
    build_memory: ByteSize = Field(default=ByteSize(MB * 4000), ge=MB * 64, description=SIZE)
    keep_releases: int = Field(default=5, ge=2, description="a whole number")
    serve_mode: FileMode = 0o640
    serve_masked_mode: FileMode = 0o644
    settle_hours: float = Field(default=6, ge=0, le=MOST_HOURS, description="a number of hours")
    max_plain_bytes: ByteSize = Field(default=ByteSize(64 << 30), ge=1, description=SIZE)

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
            setattr(self, name, SecretStr(_read_secret(f"{PREFIX}{name.upper()}_FILE", path)))
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


def load_settings(*required: str) -> Settings:
    """Read the settings, and warn of names that are none.

    Relative paths in a `.env` that `MX_ENV_FILE` names count from its folder, as `data` does.

    Args:
        required: names of settings that the caller cannot do without.

    Raises:
        SettingsError: settings are malformed or required ones missing, all of them in one message.
    """
    path = env_file()
    in_file = read_env_file(path)
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    warn_of_unknown({"the environment": os.environ, str(path): in_file}, known=known)
    try:
        settings = Settings(**_from_file(in_file, folder=path.parent))
    except ValidationError as error:
        problems = [say_problem(each, _expected(each["loc"])) for each in error.errors()]
        raise SettingsError("; ".join(problems)) from error
    if missing := [name for name in required if name not in settings.model_fields_set]:
        names = ", ".join(f"MX_{name.upper()}" for name in missing)
        raise SettingsError(
            f"{names}: expected in the environment or .env, found nothing; see .env.example"
        )
    _expect_folders(settings)
    return settings


def data_folder() -> Path | None:
    """Read where the data folder is, whatever is wrong with other settings; None if that is."""
    try:
        path = env_file()
        in_file = _from_file(read_env_file(path), folder=path.parent)
        return _read_path(os.environ.get(f"{PREFIX}DATA") or in_file.get("data", "data"))
    except (SettingsError, OSError, ValueError):
        return None


def _from_file(in_file: dict[str, str], *, folder: Path) -> dict[str, Any]:
    """Give the values of `.env` by their fields."""
    values = {
        name: in_file[key]
        for key in in_file
        if (name := key.upper().removeprefix(PREFIX).lower()) in Settings.model_fields
        and key.upper().startswith(PREFIX)
    }
    if not os.environ.get(ENV_FILE):
        return values
    paths = {name for name, field in Settings.model_fields.items() if _is_path(field.annotation)}
    for name in paths & set(values):
        values[name] = str(folder / _expand(values[name]))
    source = values.get("source")
    if source and "://" not in source:
        values["source"] = str(folder / _expand(source))
    return {"data": str(folder / "data")} | values


def _expand(path: str) -> str:
    return os.path.expanduser(path)  # noqa: PTH111 - pathlib's fails without a home


def _is_path(annotation: Any) -> bool:
    return annotation is Path or Path in get_args(annotation)


def _expected(place: tuple[int | str, ...]) -> str:
    field = Settings.model_fields.get(str(place[0])) if place else None
    return (field.description if field else None) or "another value"


def _expect_folders(settings: Settings) -> None:
    for name in ("data", "gnupghome"):
        path: Path = getattr(settings, name)
        for place in (path, *path.parents):
            # a folder above that is closed to this account raises nothing here
            if os.path.exists(place) and not os.path.isdir(place):  # noqa: PTH110, PTH112
                raise SettingsError(
                    f"{PREFIX}{name.upper()}: expected a folder, found a file: {place}"
                )


def settings_of(path: str) -> list[str]:
    """Name the settings that a path lies in, for the message about a fault there."""
    try:
        settings = load_settings()
    except SettingsError:
        return []
    chosen = {
        f"{PREFIX}{name.upper()}": getattr(settings, name)
        for name in settings.model_fields_set | {"data"}
        if isinstance(getattr(settings, name), Path)
    }
    found = Path(path).absolute()
    return [name for name, value in chosen.items() if found.is_relative_to(value.absolute())]


def reveal(secret: SecretStr | None) -> str | None:
    """Unwrap a secret where it is used."""
    return secret.get_secret_value() if secret else None
