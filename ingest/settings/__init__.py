"""The settings, from the environment and `.env`; the only reader of the environment."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ingest.settings.names import PASSPHRASE_FILE, SECRETS

if TYPE_CHECKING:
    from ingest.settings.fields import Settings
    from ingest.settings.load import data_folder, load_settings, reveal, settings_of

__all__ = [
    "PASSPHRASE_FILE",
    "SECRETS",
    "Settings",
    "data_folder",
    "load_settings",
    "reveal",
    "settings_of",
]


def __getattr__(name: str) -> Any:
    """Import what reads the settings on first use: pydantic takes half of a worker's start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("ingest.settings.load"), name)
