"""A mirror has what the ledger names, in an order in which no reader misses a file."""

from pathlib import Path

import pytest

from ingest.errors import MirrorError
from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from ingest.operations import make_anew, release, set_files_aside
from tests.conftest import Ingest
from tests.mirror.conftest import RULES, deliver, hashes, mirror, mirrored
from tests.support.sender import CLIENT, Sender
from tests.support.spoiled import Spoiled

LANDED = "landing/resource=users/event=created/date=2026-01-02"
STEM = f"{CLIENT}.2026-01-02.users.created"


def test_a_mirror_has_every_file_of_landing_ledger_and_archive(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    deliver(sender, "c", day="2026-01-03")
    ingest()

    done = mirror(landed, bucket)

    assert mirrored(bucket, tmp_path / "x") == hashes(landed)
    assert (done.files, done.deleted, done.left_out) == (6, 0, [])


def test_only_what_is_new_is_copied(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    deliver(sender, "c", day="2026-01-03")
    ingest()

    done = mirror(landed, bucket)

    assert (done.files, done.ledger_files) == (3, 1)
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)


def test_a_mirror_with_nothing_new_asks_for_its_state_and_the_ledger_alone(
    landed: Path, bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled
) -> None:
    mirror(landed, bucket)

    done = mirror(landed, spoiled_bucket)

    assert (done.files, done.ledger_files) == (0, 0)
    assert [method for method, _ in proxy.asked] == ["GET", "GET", "HEAD"]


def test_a_restated_file_takes_the_place_of_the_earlier_one(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    deliver(sender, "other")
    ingest()

    mirror(landed, bucket)

    found = mirrored(bucket, tmp_path / "x")
    assert found == hashes(landed)
    assert len([path for path in found if STEM in path]) == 2


def test_replaced_bytes_are_safe_before_the_new_ones_take_their_place(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, spoiled_bucket: Bucket,
    proxy: Spoiled,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    deliver(sender, "other")
    ingest()

    mirror(landed, spoiled_bucket)

    written = [path for method, path in proxy.asked if method == "PUT" and "/archive/" in path]
    assert [path[-4:] != ".pgp" for path in written[:2]] == [True, True]


def test_a_file_that_was_set_aside_leaves_the_mirror_and_comes_back_when_it_is_released(
    landed: Path, bucket: Bucket, keyring: Keyring, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    set_files_aside([STEM], data=landed, rules=RULES)

    withdrawn = mirror(landed, bucket)
    without = mirrored(bucket, tmp_path / "x")
    release([STEM], data=landed, keyring=keyring, rules=RULES)
    mirror(landed, bucket)

    assert withdrawn.deleted == 1
    assert not [path for path in without if path.startswith("landing/")]
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)


def test_files_come_before_the_ledger_and_go_after_it(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, spoiled_bucket: Bucket,
    proxy: Spoiled,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    set_files_aside([STEM], data=landed, rules=RULES)
    deliver(sender, "c", day="2026-01-03")
    ingest()

    mirror(landed, spoiled_bucket)

    changes = [path for method, path in proxy.asked if method in ("PUT", "DELETE", "POST")]
    kinds = [next(name for name in KINDS if name in path) for path in changes]
    assert sorted(kinds[:3]) == ["/archive/", "/archive/", "/landing/"]
    assert kinds[3:] == ["/state.json", "/ledger/", DELETION, "/state.json"]


DELETION = "delete"
KINDS = ("/archive/", "/landing/", "/ledger/", "/state.json", DELETION)


def test_the_landing_stays_at_home_if_asked(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    done = mirror(landed, bucket, only="archive")
    deliver(sender, "c", day="2026-01-03")
    ingest()
    mirror(landed, bucket, only="archive")

    assert done.files == 2
    assert mirrored(bucket, tmp_path / "x") == hashes(landed, "archive", "ledger")


@pytest.mark.parametrize(("first", "second"), [("archive", ""), ("", "archive")])
def test_a_mirror_keeps_to_what_it_held_at_first(
    landed: Path, bucket: Bucket, first: str, second: str
) -> None:
    mirror(landed, bucket, only=first)

    with pytest.raises(MirrorError, match=r"expected a mirror of .*choose another prefix"):
        mirror(landed, bucket, only=second)


def test_a_damaged_landed_file_replaces_nothing_and_holds_the_ledger_back(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, keyring: Keyring, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    deliver(sender, "other")
    ingest()
    path = landed / LANDED / f"{CLIENT}.parquet"
    path.write_bytes(b"rot")
    before = mirrored(bucket, tmp_path / "x")

    with pytest.raises(MirrorError, match=r"parquet: expected .*ingest verify --repair"):
        mirror(landed, bucket)
    after = mirrored(bucket, tmp_path / "x")
    make_anew(data=landed, keyring=keyring, rules=RULES)
    mirror(landed, bucket)

    kept = [name for name in before if name.startswith(("landing/", "ledger/"))]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)


def test_an_archived_file_that_is_gone_is_said_until_it_is_back(
    landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    [path] = (landed / "archive").rglob(f"{STEM}*")
    path.rename(tmp_path / "away")

    first, second = mirror(landed, bucket), mirror(landed, bucket)
    (tmp_path / "away").rename(path)
    third = mirror(landed, bucket)

    name = path.relative_to(landed).as_posix()
    assert [each.left_out for each in (first, second, third)] == [[name], [name], []]
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)


def test_a_line_that_a_crash_cut_off_is_not_copied(
    landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    [month] = (landed / "ledger").glob("*.jsonl")
    complete = month.read_bytes()
    month.write_bytes(complete + b'{"recorded_at": "2026')

    mirror(landed, bucket)

    [stored] = bucket.list("ledger")
    bucket.fetch(stored, tmp_path / "month")
    assert (tmp_path / "month").read_bytes() == complete


def test_a_folder_without_a_ledger_is_refused_and_stays_empty(data: Path, bucket: Bucket) -> None:
    with pytest.raises(MirrorError, match="expected a ledger, found none"):
        mirror(data, bucket)

    assert not data.exists()
