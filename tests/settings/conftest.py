"""An empty working folder and no settings in the environment."""

from pathlib import Path

import pytest

from ingest.settings import unknown


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MX_SOURCE", "MX_DATA", "MX_GNUPGHOME", "MX_ENV_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(unknown, "_given", set())
