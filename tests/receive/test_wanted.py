"""New, changed and lost files are fetched, the oldest day first; all others are left alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.receive.sources import SourceFile
from ingest.receive.wanted import Days, Offer, choose_wanted
from ingest.store.ledger import open_ledger
from ingest.store.paths import archive_path
from ingest.store.record.facts import What

CLIENT = "CLT-11111111-1111-4111-8111-111111111111"
OLD, NEW = (
    f"{CLIENT}.2026-01-02.users.created.avro.pgp",
    f"{CLIENT}.2026-01-03.tags.deleted.avro.pgp",
)
MANIFEST = f"{CLIENT}.2026-01-03-manifest.csv.pgp"


def offer(name: str, *, size_bytes: int = 3, modified_at: float = 1.0) -> Offer:
    return Offer.of(SourceFile(name=name, size_bytes=size_bytes, modified_at=modified_at))


def archive(data: Path, name: str) -> None:
    """Record a file as a run does, and put it into the archive."""
    known = offer(name)
    assert known.file
    path = archive_path(data, known.file, name=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"abc")
    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(
            What.ARCHIVED,
            known.file,
            name=name,
            encrypted_bytes=3,
            encrypted_sha256="a",
            source_bytes=3,
            source_modified_at=1.0,
        )


def wanted(data: Path, *offers: Offer) -> list[str]:
    with open_ledger(data / "ledger", run_id="r") as ledger:
        return [each.listed.name for each in choose_wanted(offers, state=ledger.state, data=data)]


def test_new_files_are_wanted_the_oldest_day_first(tmp_path: Path) -> None:
    assert wanted(tmp_path, offer(NEW), offer(MANIFEST), offer(OLD), offer("notes.txt")) == [
        OLD,
        MANIFEST,
        NEW,
    ]


@pytest.mark.parametrize("name", [OLD, MANIFEST])
def test_a_known_file_is_wanted_again_when_its_version_changes(tmp_path: Path, name: str) -> None:
    archive(tmp_path, name)

    assert wanted(tmp_path, offer(name)) == []
    assert wanted(tmp_path, offer(name, size_bytes=4)) == [name]
    assert wanted(tmp_path, offer(name, modified_at=2.0)) == [name]


@pytest.mark.parametrize("name", [OLD, MANIFEST])
def test_a_file_that_the_archive_has_lost_is_wanted_again(tmp_path: Path, name: str) -> None:
    archive(tmp_path, name)
    known = offer(name).file
    assert known

    archive_path(tmp_path, known, name=name).unlink()

    assert wanted(tmp_path, offer(name)) == [name]


def test_days_choose_by_the_date_in_a_name_and_keep_names_without_one() -> None:
    days = Days(since=date(2026, 1, 3))

    assert [days.have(offer(name)) for name in (OLD, NEW, MANIFEST, f"{CLIENT}.odd")] == [
        False,
        True,
        True,
        True,
    ]


def test_a_name_of_a_day_that_cannot_be_meant_has_no_file() -> None:
    far = (datetime.now(tz=UTC) + timedelta(days=9)).date()

    assert offer(f"{CLIENT}.{far}.users.created.avro.pgp").file is None
