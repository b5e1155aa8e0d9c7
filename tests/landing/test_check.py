"""A stored file that rots or goes is named, and what has landed is made anew from the archive."""

import json
import operator
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.landing.check import Checked
from ingest.openpgp.keyring import Keyring
from ingest.operations import make_anew
from ingest.store.ledger import read_records
from ingest.warehouse.replay import verify_files
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.status.test_standing import RULES
from tests.support.receiver import Receiver
from tests.support.sender import CLIENT, DAY, Sender

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"
MANIFEST = f"archive/{CLIENT}/{DAY}/{CLIENT}.{DAY}-manifest.csv.pgp"
ARCHIVED = f"archive/{CLIENT}/{DAY}/{NAME}"
LANDED = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"
REPAIR = "make it anew from the archive with: ingest verify --repair"
Damaging = Callable[[Path], object]


@pytest.fixture
def landed(sender: Sender, ingest: Ingest) -> Sender:
    sender.send_users("a")
    sender.send_users("other", event="updated")
    sender.send_manifest()
    assert ingest().alarms == 0
    return sender


def flip(path: Path, *, at: int = 40) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_other_rows(path: Path) -> None:
    """What lies there can be read, and was never delivered."""
    table = pq.ParquetFile(path).read()
    guids = pa.array(["z"] * table.num_rows)
    pq.write_table(table.set_column(0, table.schema.field(0), guids), path)


NAMED = operator.attrgetter("__name__")
DAMAGES: tuple[Damaging, ...] = (flip, halve, empty, write_other_rows)


def whole(checked: Checked) -> tuple[int, int, int, list[str]]:
    paths = [each.path for each in checked.damaged]
    return (checked.landed, checked.archived, checked.without_hash, paths)


def test_what_is_as_it_was_stored_is_whole(landed: Sender, data: Path) -> None:
    checked = verify_files(data)

    assert whole(checked) == (2, 3, 0, [])
    assert checked.text() == "5 of 5 files in landing and archive are what was recorded"


@pytest.mark.parametrize("damage", [*DAMAGES, Path.unlink], ids=NAMED)
def test_a_landed_file_that_has_changed_is_named_with_what_makes_it_anew(
    landed: Sender, data: Path, damage: Damaging
) -> None:
    damage(data / LANDED)

    [found] = verify_files(data).damaged

    problem = "other bytes than had landed" if (data / LANDED).exists() else "no file"
    assert found.text() == f"{LANDED}: expected what was recorded, found {problem}; {REPAIR}"


def test_each_bit_of_a_landed_file_counts(landed: Sender, data: Path) -> None:
    path = data / LANDED
    content = path.read_bytes()

    for at in range(0, len(content), 97):
        flip(path, at=at)
        assert [each.path for each in verify_files(data).damaged] == [LANDED]
        path.write_bytes(content)


@pytest.mark.parametrize("damage", [*DAMAGES, Path.unlink], ids=NAMED)
def test_a_landed_file_is_made_anew_from_the_archive_alone(
    landed: Sender, data: Path, keyring: Keyring, damage: Damaging
) -> None:
    content = (data / LANDED).read_bytes()
    damage(data / LANDED)
    for path in landed.folder.iterdir():
        path.unlink()

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert (checked.made_anew, checked.damaged) == (1, [])
    assert ((data / LANDED).read_bytes(), (data / LANDED).stat().st_mode & 0o777) == (
        content,
        0o600,
    )
    assert whole(verify_files(data)) == (2, 3, 0, [])
    [record] = [each for each in read_records(data / "ledger") if each["what"] == "made_anew"]
    assert (record["path"], record["resource"]) == (LANDED, "users")


def test_what_is_whole_is_not_made_anew(landed: Sender, data: Path, keyring: Keyring) -> None:
    before = (data / LANDED).stat()

    assert make_anew(data=data, keyring=keyring, rules=RULES).made_anew == 0
    assert (data / LANDED).stat() == before


def test_bytes_that_newer_ones_have_replaced_are_found_for_it(
    landed: Sender, ingest: Ingest, data: Path, keyring: Keyring
) -> None:
    landed.send_users("b", Checksum="0" * 64)
    landed.send_manifest()
    ingest()
    flip(data / LANDED)

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert (checked.made_anew, checked.damaged) == (1, [])
    assert [row["guid"] for row in landed_rows(data)] == ["a", "other"]
    assert quarantine_reasons(data) == {NAME: "checksum"}
    assert ingest().statuses == {"landed": 1, "quarantined": 1}


def test_replaced_bytes_of_what_has_landed_are_looked_for(
    landed: Sender, ingest: Ingest, data: Path
) -> None:
    landed.send_users("b", Checksum="0" * 64)
    landed.send_manifest()
    ingest()
    [replaced] = (data / ARCHIVED).parent.glob(f"{NAME}.*")

    flip(replaced)

    assert [each.text() for each in verify_files(data).damaged] == [
        f"archive/{CLIENT}/{DAY}: expected what was recorded, found no bytes of the users created "
        "that has landed; restore them from a backup"
    ]


def test_a_file_that_the_archive_has_lost_too_is_said_to_be_lost(
    landed: Sender, data: Path, keyring: Keyring
) -> None:
    flip(data / LANDED)
    flip(data / ARCHIVED)
    os.utime((data / ARCHIVED).parent, (0, 0))  # no run has just put anything there

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert checked.made_anew == 0
    assert [each.path for each in checked.damaged] == [LANDED, ARCHIVED]
    assert "it cannot be made anew, as the archive no longer has its bytes" in checked.text()


def test_a_key_that_does_not_open_it_is_an_error_of_the_key(
    landed: Sender, data: Path, receiver_key: Receiver, keyring: Keyring, tmp_path: Path
) -> None:
    flip(data / LANDED)
    (tmp_path / "g").mkdir(mode=0o700)

    checked = make_anew(data=data, keyring=Keyring(tmp_path / "g"), rules=RULES)

    assert "it cannot be made anew from" in checked.text()
    assert "wrong_key" in checked.text()
    assert make_anew(data=data, keyring=keyring, rules=RULES).made_anew == 1


@pytest.mark.parametrize("path", [ARCHIVED, MANIFEST])
@pytest.mark.parametrize("damage", [flip, halve, empty, Path.unlink], ids=NAMED)
def test_an_archived_file_that_has_changed_is_named(
    landed: Sender, data: Path, path: str, damage: Damaging
) -> None:
    damage(data / path)

    [found] = verify_files(data).damaged

    problem = "other bytes than had come" if (data / path).exists() else "no file"
    assert (found.path, found.problem) == (path, problem)
    assert found.next_step == "MX's copy is gone: restore it from a backup"


@pytest.mark.parametrize("damage", [flip, Path.unlink], ids=NAMED)
def test_an_archived_file_is_fetched_again_while_its_source_has_it(
    sender: Sender, ingest: Ingest, data: Path, damage: Damaging
) -> None:
    sender.day = datetime.now(tz=UTC).date().isoformat()
    path = data / f"archive/{CLIENT}/{sender.day}/{sender.send_users('a').name}"
    sender.send_manifest()
    ingest()
    content = path.read_bytes()
    damage(path)

    [found] = verify_files(data).damaged
    path.unlink(missing_ok=True)
    summary = ingest()

    assert "fetch it again before" in found.next_step
    assert found.next_step.endswith("with: ingest run")
    assert ("remove it, and" in found.next_step) == (damage is flip)
    assert (path.read_bytes(), summary.files_landed) == (content, 0)
    assert verify_files(data).damaged == []


def test_a_ledger_of_an_older_version_has_no_hashes(
    landed: Sender, data: Path, keyring: Keyring
) -> None:
    forget_hashes(data)

    before = verify_files(data)
    empty(data / LANDED)
    after = verify_files(data)
    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert (before.without_hash, before.damaged) == (2, [])
    assert "2 landed files without a recorded hash" in before.text()
    assert [each.path for each in after.damaged] == [LANDED]
    assert checked.made_anew == 1
    assert verify_files(data).without_hash == 1


def forget_hashes(data: Path) -> None:
    for path in (data / "ledger").glob("*.jsonl"):
        records = [json.loads(line) for line in path.read_text().splitlines()]
        for record in records:
            record.pop("parquet_sha256", None)
        path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
