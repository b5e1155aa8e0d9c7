"""A lost machine comes back from its mirror."""

import shutil
from pathlib import Path

import pytest

from ingest.errors import LockError, MirrorError
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from tests.conftest import Ingest, landed_rows
from tests.mirror.conftest import RULES, bring_back, deliver, hashes, mirror, mirrored
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, Sender
from tests.support.spoiled import Spoiled

LANDED = f"landing/resource=users/event=created/date=2026-01-02/{CLIENT}.parquet"
ARCHIVED = f"archive/{CLIENT}/2026-01-02/{CLIENT}.2026-01-02.users.created.avro.pgp"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The data folder of the machine that follows the lost one."""
    return tmp_path / "new"


@pytest.fixture
def two_days(sender: Sender, ingest: Ingest, landed: Path) -> Path:
    """A data folder with two days, one of them restated."""
    deliver(sender, "restated")
    ingest()
    deliver(sender, "c", day="2026-01-03")
    ingest()
    return landed


def test_a_restored_folder_has_every_file_of_the_lost_one(
    two_days: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(two_days, bucket)

    done = bring_back(new, bucket, keyring)

    files = ("archive", "landing")
    assert hashes(new, *files) == hashes(two_days, *files)
    assert known(new) == known(two_days)
    assert (done.fetched.files, done.landed_again, done.missing) == (8, 0, [])
    assert done.summary.alarms == 0


def known(data: Path) -> list[object]:
    state = read_state(data / "ledger")
    return [state.landed, state.archived, state.manifests, state.versions, state.listings]


def test_a_mirror_without_the_landing_gives_the_same_rows(
    two_days: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(two_days, bucket, only="archive")

    done = bring_back(new, bucket, keyring)

    assert (done.landed_again, done.missing) == (2, [])
    assert landed_rows(new) == landed_rows(two_days)


def test_runs_and_mirrors_continue_from_a_restored_folder(
    sender: Sender, two_days: Path, bucket: Bucket, keyring: Keyring, new: Path, tmp_path: Path
) -> None:
    mirror(two_days, bucket)
    bring_back(new, bucket, keyring)
    deliver(sender, "d", day="2026-01-04")

    run(LocalFolder(sender.folder), data=new, keyring=keyring, rules=RULES)
    done = mirror(new, bucket)

    assert done.files == 3
    assert mirrored(bucket, tmp_path / "x") == hashes(new)


def test_the_lost_machine_is_refused_when_it_comes_back(
    landed: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(landed, bucket)
    bring_back(new, bucket, keyring)

    with pytest.raises(MirrorError, match="expected a mirror of this data folder"):
        mirror(landed, bucket)


def test_a_rehearsal_leaves_the_mirror_to_its_owner(
    landed: Path, bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled, keyring: Keyring,
    new: Path,
) -> None:  # fmt: skip
    mirror(landed, bucket)

    bring_back(new, spoiled_bucket, keyring, keeps_owner=True)
    mirror(landed, bucket)

    assert {method for method, _ in proxy.asked} == {"GET", "HEAD"}
    with pytest.raises(MirrorError, match="expected a mirror of this data folder"):
        mirror(new, bucket)


def test_a_folder_that_has_anything_is_refused_and_stays_as_it_is(
    landed: Path, bucket: Bucket, keyring: Keyring
) -> None:
    mirror(landed, bucket)
    before = hashes(landed)

    with pytest.raises(MirrorError, match="expected an empty one, found archive, landing, ledger"):
        bring_back(landed, bucket, keyring)

    assert hashes(landed) == before


def test_a_prefix_without_a_mirror_is_told_and_leaves_the_folder_free(
    bucket: Bucket, keyring: Keyring, new: Path, sender: Sender
) -> None:
    with pytest.raises(MirrorError, match="expected a mirror, found none"):
        bring_back(new, bucket, keyring)

    run(LocalFolder(sender.folder), data=new, keyring=keyring, rules=RULES)


def test_until_a_restore_has_ended_no_other_command_takes_the_folder(
    landed: Path, bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled, keyring: Keyring,
    new: Path, sender: Sender,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    proxy.fault = lambda method, path: 403 if path.endswith(".pgp") else None
    with pytest.raises(MirrorError, match="AccessDenied"):
        bring_back(new, spoiled_bucket, keyring)

    elsewhere = Bucket(parse_address(f"{bucket.url}/other"))
    with pytest.raises(LockError, match="end it with: ingest mirror --restore"):
        run(LocalFolder(sender.folder), data=new, keyring=keyring, rules=RULES)
    with pytest.raises(MirrorError, match=r"expected a restore from .* to continue"):
        bring_back(new, elsewhere, keyring)
    bring_back(new, bucket, keyring)
    run(LocalFolder(sender.folder), data=new, keyring=keyring, rules=RULES)

    assert landed_rows(new) == landed_rows(landed)


def test_a_landed_object_with_other_bytes_is_landed_again_from_the_archive(
    landed: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(landed, bucket)
    spoil(bucket, LANDED)

    done = bring_back(new, bucket, keyring)

    assert (done.landed_again, done.missing) == (1, [])
    assert landed_rows(new) == landed_rows(landed)


def test_an_archived_object_with_other_bytes_is_named_and_does_not_come_back(
    landed: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(landed, bucket)
    spoil(bucket, ARCHIVED)

    done = bring_back(new, bucket, keyring)

    [line] = done.missing
    assert line.startswith(f"{ARCHIVED}: expected what was recorded, found no sound object")
    assert not (new / ARCHIVED).exists()
    assert landed_rows(new) == landed_rows(landed)


def spoil(bucket: Bucket, path: str) -> None:
    bucket.put(path, b"rot", sha256="of what was here", replaces=bucket.look(path))


def test_bytes_that_are_newer_than_the_mirrors_ledger_are_kept(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, spoiled_bucket: Bucket,
    proxy: Spoiled, keyring: Keyring, new: Path,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    deliver(sender, "restated")
    deliver(sender, "c", day="2026-01-03")
    ingest()
    proxy.fault = lambda method, path: (
        507 if (method, "/ledger/" in path) == ("PUT", True) else None
    )
    with pytest.raises(MirrorError, match=r"Insufficient ?Storage"):
        mirror(landed, spoiled_bucket)
    shutil.rmtree(sender.folder)
    sender.folder.mkdir()

    bring_back(new, bucket, keyring)
    run(LocalFolder(sender.folder), data=new, keyring=keyring, rules=RULES)

    assert landed_rows(new) == landed_rows(landed)


def test_objects_that_are_not_of_a_mirror_stay_where_they_are(
    landed: Path, bucket: Bucket, keyring: Keyring, new: Path
) -> None:
    mirror(landed, bucket)
    for name in ("archive/README", f"archive/{CLIENT}/2026-02-31/x", "landing/other.parquet"):
        bucket.put(name, b"x", sha256="x")

    done = bring_back(new, bucket, keyring)

    assert (done.fetched.files, done.missing) == (3, [])
    assert hashes(new, "archive", "landing") == hashes(landed, "archive", "landing")
