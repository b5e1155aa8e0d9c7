"""Releases are kept and shown as the settings say."""

from pathlib import Path

import pytest

from ingest.settings import load_settings
from ingest.warehouse.publish.serving import read_serving


@pytest.fixture(autouse=True)
def no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_settings_say_how_releases_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_KEEP_RELEASES", "3")
    monkeypatch.setenv("MX_SERVE_MODE", "0600")
    monkeypatch.setenv("MX_MASK_KEY", "0123456789abcdef")

    serving = read_serving(load_settings())

    assert (serving.keep, serving.mode, serving.masked_mode) == (3, 0o600, 0o644)
    assert serving.mask is not None


def test_without_a_key_nothing_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MX_MASK_KEY", raising=False)

    assert read_serving(load_settings()).mask is None
