"""One file comes complete: a broken download goes on, one of a changed file begins again."""

from pathlib import Path

from ingest.receive.download import ATTEMPTS
from tests.receive.breaking import (
    NAME,
    BreakingSource,
    archived,
    fetch_from,
)


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(range(100))}, breaks=2)

    assert fetch_from(source, tmp_path) == []
    assert (archived(tmp_path), source.offsets) == (bytes(range(100)), [0, 10, 20])


def test_a_file_that_changed_meanwhile_is_read_from_the_start(tmp_path: Path) -> None:
    source = BreakingSource({NAME: bytes(100)}, breaks=1, changes_to=b"new" * 40)

    assert fetch_from(source, tmp_path) == []
    assert (archived(tmp_path), source.offsets) == (b"new" * 40, [0, 0])


def test_nothing_of_a_failed_download_stays(tmp_path: Path) -> None:
    fetch_from(BreakingSource({NAME: bytes(100)}, breaks=ATTEMPTS), tmp_path)

    assert list((tmp_path / "scratch").iterdir()) == []
