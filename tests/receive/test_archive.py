"""The archive keeps the newest bytes under their name and each earlier version beside it."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.receive.archive import Archive, adopt_orphans
from ingest.receive.incoming import Fetched
from ingest.receive.sources import SourceFile
from ingest.receive.wanted import Offer
from ingest.store.facts import What
from ingest.store.keys_and_paths import find_ciphertext, key_of
from ingest.store.ledger import open_ledger, read_records
from tests.conftest import quarantine_reasons
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"
OTHER = f"{CLIENT}.{DAY}.users.created.pgp"
MANIFEST = f"{CLIENT}.{DAY}-manifest.csv.pgp"
FOLDER = Path("archive", CLIENT, DAY)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(data: Path, *files: tuple[str, bytes]) -> list[str]:
    """Archive files with one sync, and name what the record says then."""
    scratch = data / "scratch"
    scratch.mkdir(exist_ok=True)
    with (
        open_ledger(data / "ledger", run_id="r") as ledger,
        Archive(data=data, ledger=ledger, scratch=scratch) as opened,
    ):
        for number, (name, content) in enumerate(files):
            path = scratch / str(number)
            path.write_bytes(content)
            fetched = Fetched(path=path, size_bytes=len(content), sha256=sha256(content))
            opened.add(fetched, Offer.of(SourceFile(name=name, size_bytes=1, modified_at=0)))
    return [record["name"] for record in read_records(data / "ledger")]


def stored(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / FOLDER).iterdir()}


@pytest.mark.parametrize("is_at_once", [True, False])
def test_a_replaced_version_lies_beside_the_newest(tmp_path: Path, is_at_once: bool) -> None:
    versions = [(NAME, b"old"), (NAME, b"new"), (NAME, b"new")]
    if is_at_once:
        archive(tmp_path, *versions)
    else:
        for version in versions:
            archive(tmp_path, version)

    assert stored(tmp_path) == {NAME: b"new", f"{NAME}.{sha256(b'old')[:12]}": b"old"}


def test_files_of_another_extension_replace_nothing(tmp_path: Path) -> None:
    assert archive(tmp_path, (NAME, b"one"), (OTHER, b"two")) == [NAME, OTHER]

    assert stored(tmp_path) == {NAME: b"one", OTHER: b"two"}


def test_a_name_that_breaks_the_grammar_goes_to_quarantine(tmp_path: Path) -> None:
    archive(tmp_path, (NAME, b"one"), ("CLT-x", b"two"))

    assert stored(tmp_path) == {NAME: b"one"}
    assert list(quarantine_reasons(tmp_path).values()) == ["name"]


@pytest.mark.parametrize("content", [b"old", b"new"])
def test_bytes_are_found_by_their_hash_among_all_versions(tmp_path: Path, content: bytes) -> None:
    archive(tmp_path, (NAME, b"old"), (NAME, b"new"))
    offered = Offer.of(SourceFile(name=NAME, size_bytes=1, modified_at=0))
    assert offered.file
    key = key_of(offered.file)  # type: ignore[arg-type]  # a daily file

    found = find_ciphertext(tmp_path, key, sha256=sha256(content))

    assert found
    assert (found[0], found[1].read_bytes()) == (offered.file, content)
    assert find_ciphertext(tmp_path, key, sha256="other") is None


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
