"""A folder behind an SFTP server that tests make misbehave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import wait_none

from ingest.receive import download
from ingest.receive.sources import Source, open_source
from ingest.receive.sources.sftp import file
from sample.serve.sftp_server import serve_sftp
from tests.receive.sources.sftp.servers import CONTENT, FOLDER


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())
    monkeypatch.setattr(file, "WINDOW_BYTES", 200_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    (served / FOLDER).mkdir(parents=True)
    (served / "below").mkdir()
    (served / "README").write_text("not ours")
    for name, content in CONTENT.items():
        (served / name).write_bytes(content)
    return served


@pytest.fixture
def address(folder: Path, tmp_path: Path) -> Iterator[str]:
    with serve_sftp(folder, user="mx", password="p") as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts_line)
        yield f"sftp://mx@{server.host}:{server.port}/"


@pytest.fixture
def source(address: str, tmp_path: Path) -> Iterator[Source]:
    with open_source(address, password="p", known_hosts=tmp_path / "known_hosts") as opened:
        yield opened
