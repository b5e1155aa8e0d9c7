"""Read the settings from the environment and `.env`, and report all problems at once."""

import os
from pathlib import Path
from typing import Any, get_args

from ingest.errors import SettingsError
from ingest.settings.env_file import ENV_FILE, env_file, read_env_file
from ingest.settings.fields import Settings, expand, make_settings, read_path, reveal
from ingest.settings.names import PREFIX
from ingest.settings.unknown import warn_of_unknown

__all__ = ["Settings", "data_folder", "load_settings", "reveal", "settings_of"]


def load_settings(*required: str) -> Settings:
    """Read the settings, and warn of unknown names.

    Relative paths in a `.env` that `MX_ENV_FILE` names count from its folder, as `data` does.

    Args:
        required: names of settings that the caller cannot do without.

    Raises:
        SettingsError: settings are malformed or required ones missing, all of them in one message.
    """
    path = env_file()
    in_file = read_env_file(path)
    warn_of_unknown({"the environment": os.environ, str(path): in_file})
    settings = make_settings(_from_file(in_file, folder=path.parent))
    if missing := [name for name in required if name not in settings.model_fields_set]:
        names = ", ".join(f"MX_{name.upper()}" for name in missing)
        raise SettingsError(
            f"{names}: expected in the environment or .env, found nothing; see .env.example"
        )
    _expect_folders(settings)
    return settings


def data_folder() -> Path | None:
    """Read the data folder even if other settings are malformed; None if it is itself."""
    try:
        path = env_file()
        in_file = _from_file(read_env_file(path), folder=path.parent)
        return read_path(os.environ.get(f"{PREFIX}DATA") or in_file.get("data", "data"))
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
        values[name] = str(folder / expand(values[name]))
    source = values.get("source")
    if source and "://" not in source:
        values["source"] = str(folder / expand(source))
    return {"data": str(folder / "data")} | values


def _is_path(annotation: Any) -> bool:
    return annotation is Path or Path in get_args(annotation)


def _expect_folders(settings: Settings) -> None:
    for name in ("data", "gnupghome"):
        path: Path = getattr(settings, name)
        for each in (path, *path.parents):
            # os.path raises nothing for a folder above that this account may not enter
            if os.path.exists(each) and not os.path.isdir(each):  # noqa: PTH110, PTH112 - as above
                raise SettingsError(
                    f"{PREFIX}{name.upper()}: expected a folder, found a file: {each}"
                )


def settings_of(path: str) -> list[str]:
    """Name the settings whose folder holds a path, for the message about a fault there."""
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
