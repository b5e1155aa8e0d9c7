"""What a killed run had archived is recorded by the next run, once."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.receive.orphans import adopt_orphans
from ingest.store.ledger import open_ledger, read_records
from ingest.store.record.facts import What
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"
OTHER = f"{CLIENT}.{DAY}.users.created.pgp"
MANIFEST = f"{CLIENT}.{DAY}-manifest.csv.pgp"


def put(data: Path, name: str, content: bytes, *, day: str = DAY) -> Path:
    folder = data / "archive" / CLIENT / day
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def adopt(data: Path) -> list[str]:
    """Adopt as a run does, and name what the record says then."""
    with open_ledger(data / "ledger", run_id="r") as ledger:
        adopt_orphans(data=data, ledger=ledger)
    return [record["name"] for record in read_records(data / "ledger")]


def test_files_without_a_record_get_one_and_only_one(tmp_path: Path) -> None:
    put(tmp_path, NAME, b"bytes")
    put(tmp_path, MANIFEST, b"list")

    assert [adopt(tmp_path), adopt(tmp_path)] == [[MANIFEST, NAME]] * 2
    [archived] = read_state(tmp_path / "ledger").archived.values()
    assert archived.encrypted_sha256 == hashlib.sha256(b"bytes").hexdigest()


def test_newer_bytes_under_a_known_name_are_recorded(tmp_path: Path) -> None:
    put(tmp_path, NAME, b"old")
    adopt(tmp_path)
    put(tmp_path, NAME, b"new")

    assert adopt(tmp_path) == [NAME, NAME]
    [archived] = read_state(tmp_path / "ledger").archived.values()
    assert archived.encrypted_sha256 == hashlib.sha256(b"new").hexdigest()


def test_a_twin_that_does_not_count_stays_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, NAME, b"one")
    put(tmp_path, OTHER, b"two")

    assert [adopt(tmp_path), adopt(tmp_path)] == [[NAME, OTHER]] * 2


@pytest.mark.parametrize(
    "name", ["README", f"{NAME}.0123456789ab", NAME.replace(DAY, "2026-01-09")]
)
def test_what_is_no_newest_file_of_its_day_is_left_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"bytes")

    assert adopt(tmp_path) == []


def test_days_in_which_nothing_changed_since_the_last_record_are_not_looked_at(
    tmp_path: Path,
) -> None:
    with open_ledger(tmp_path / "ledger", run_id="r") as ledger:
        ledger.append(What.RUN, None)
    before = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    folder = put(tmp_path, NAME, b"bytes").parent
    os.utime(folder, (before, before))
    assert [record["what"] for record in read_records(tmp_path / "ledger")] == ["run"]

    with open_ledger(tmp_path / "ledger", run_id="r") as ledger:
        adopt_orphans(data=tmp_path, ledger=ledger)

    assert read_state(tmp_path / "ledger").archived == {}
