"""Of several files of one stem the one that the manifest describes counts; case tells nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users

EXTENSIONS = [".avro.pgp", ".pgp", ".avro.gpg", ".gpg"]


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]


def send_other(sender: Sender, *guids: str, extension: str) -> Path:
    """Put a file of the same stem beside the one that is listed."""
    path = sender.folder / f"{sender.stem()}{extension}"
    sender.encrypt(avro_bytes(users(*guids)), path)
    return path


@pytest.mark.parametrize("other", EXTENSIONS[1:])
@pytest.mark.parametrize("first", ["listed", "other", "both"])
def test_the_listed_file_lands_whichever_comes_first(
    sender: Sender, ingest: Ingest, data: Path, other: str, first: str
) -> None:
    listed = sender.send_users("a")
    sender.send_users("z", event="updated")
    parts = [listed.rename(sender.folder / "kept"), send_other(sender, "b", "c", extension=other)]
    unlisted = parts[1].rename(sender.folder / "other")
    steps = {
        "listed": [(parts[0], listed), (unlisted, parts[1])],
        "other": [(unlisted, parts[1]), (parts[0], listed)],
        "both": [],
    }[first]
    if first == "both":
        parts[0].rename(listed)
        unlisted.rename(parts[1])
    for source, target in steps:
        source.rename(target)
        ingest()
    sender.send_manifest()

    landed = sum(ingest().files_landed for _ in range(3))

    assert (landed, guids(data)) == (2, ["a", "z"])
    assert ingest().alarms == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_files_of_one_size_the_one_with_the_listed_hash_lands(
    sender: Sender, ingest: Ingest, data: Path, order: tuple[int, ...]
) -> None:
    listed = sender.send_users("aa")
    sender.send_manifest()
    listed.rename(sender.folder / "kept")
    files = {".avro.pgp": sender.folder / "kept"}
    for extension, guid in ((".pgp", "bb"), (".gpg", "cc")):
        for _ in range(200):
            path = send_other(sender, guid, extension=extension)
            if path.stat().st_size == (sender.folder / "kept").stat().st_size:
                break
        files[extension] = path.rename(sender.folder / f"kept{extension}")
    for at in order:
        extension = list(files)[at]
        files[extension].rename(sender.folder / f"{sender.stem()}{extension}")
        ingest()
    for _ in range(3):
        ingest()

    assert guids(data) == ["aa"]
    assert ingest().alarms == 0


def test_a_restated_file_may_come_under_another_extension(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    path = sender.send_users("b", "c")
    path.rename(path.with_name(path.name.replace(".avro.pgp", ".pgp")))
    sender.send_manifest()
    ingest()

    assert guids(data) == ["b", "c"]
    assert ingest().files_landed == 0


def test_each_version_of_each_name_stays_in_the_archive(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    for guid in ("b", "c"):
        send_other(sender, guid, guid, extension=".pgp")
        ingest()

    archive = data / "archive" / CLIENT / DAY
    assert len(list(archive.glob("*.users.created.pgp*"))) == 2
    assert len(list(archive.glob("*.users.created.avro.pgp*"))) == 1


GUID = "CLT-abcdefab-cdef-4bcd-8bcd-abcdefabcdef"
CASES: dict[str, Callable[[str], str]] = {
    "client": lambda name: name.replace(GUID, GUID.upper()),
    "prefix": lambda name: name.replace("CLT-", "clt-"),
    "extension": lambda name: name.replace(".avro.pgp", ".AVRO.PGP").replace("csv.pgp", "CSV.PGP"),
    "all": str.upper,
}


@pytest.mark.parametrize("names", ["files", "manifest", "both"])
@pytest.mark.parametrize("case", CASES)
def test_names_in_another_case_are_of_the_same_client(
    sender: Sender, ingest: Ingest, data: Path, case: str, names: str
) -> None:
    sender.client = GUID
    sender.send_users("a")
    sender.send_users("b", event="updated")
    sender.send_manifest()
    for path in sorted(sender.folder.iterdir()):
        if names == "both" or ("manifest" in path.name) == (names == "manifest"):
            path.rename(path.with_name(CASES[case](path.name)))

    summary = ingest()

    assert (summary.files_landed, summary.alarms, guids(data)) == (2, 0, ["a", "b"])
    assert {row["_client_guid"] for row in landed_rows(data)} == {GUID}
    assert [each.name for each in (data / "archive").iterdir()] == [GUID]
    assert len(read_state(data / "ledger").archived) == 2
    assert quarantine_reasons(data) == {}
