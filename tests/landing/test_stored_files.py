"""A stored file that rots or goes is named, and what has landed is made anew from the archive."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.landing.stored_files import (
    MAKE_ANEW,
    NO_FILE,
    OTHER_BYTES,
    landed_problem,
    next_step_of,
)
from ingest.openpgp.keyring import Keyring
from ingest.operations import make_anew
from ingest.store.durable import hash_file
from ingest.warehouse.replay import verify_files
from tests.conftest import Ingest
from tests.landing.damages import (
    ARCHIVED,
    DAMAGES,
    LANDED,
    MANIFEST,
    NAME,
    NAMED,
    REPAIR,
    Damaging,
    empty,
    flip,
    halve,
    whole,
)
from tests.support.sender import CLIENT, DAY, Sender
from tests.support.status import RULES


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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"guid": ["a"] * 1_000}), path)
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def test_an_untouched_file_has_no_problem(path: Path) -> None:
    assert landed_problem(path, sha256=hash_file(path)) is None
    assert landed_problem(path, sha256=None) is None


@pytest.mark.parametrize(("damage", "problem"), [(cut, OTHER_BYTES), (Path.unlink, NO_FILE)])
def test_a_changed_file_differs_from_its_hash(
    path: Path, damage: Callable[[Path], object], problem: str
) -> None:
    sha256 = hash_file(path)
    damage(path)

    assert landed_problem(path, sha256=sha256) == problem
    assert next_step_of(problem, file="f") == MAKE_ANEW


def test_without_a_hash_it_is_read(path: Path) -> None:
    cut(path)

    problem = landed_problem(path, sha256=None)

    assert problem
    assert "\n" not in problem
    assert next_step_of(problem, file="f").endswith("ingest release --set-aside f")
