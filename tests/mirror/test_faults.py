"""A storage that fails, at any request, costs time alone: the next mirror ends as if it had not."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import MirrorError
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import Bucket
from tests.conftest import Ingest
from tests.mirror.conftest import deliver, hashes, mirror, mirrored
from tests.support.object_storage import ObjectStorage, object_storage
from tests.support.sender import Sender
from tests.support.spoiled import CUT_AFTER, CUT_BEFORE, Fault, Spoiled


def each_second_time(fault: Fault) -> Callable[[str, str], Fault]:
    """Spoil each request once, and let it pass when it comes again."""
    seen: Counter[tuple[str, str]] = Counter()

    def spoil(method: str, path: str) -> Fault:
        seen[method, path] += 1
        return fault if seen[method, path] % 2 else None

    return spoil


@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_AFTER, 503, 0.2])
def test_what_fails_for_now_is_asked_again(
    landed: Path, bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled, fault: Fault
) -> None:
    proxy.fault = each_second_time(fault)

    mirror(landed, spoiled_bucket)

    assert mirrored(bucket, landed.parent / "x") == hashes(landed)


@pytest.mark.parametrize("limit", range(1, 15, 2))
def test_a_storage_that_fails_in_the_middle_is_caught_up_by_the_next_mirror(
    landed: Path, bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled, limit: int
) -> None:
    proxy.fault = lambda method, path: 507 if len(proxy.asked) > limit else None

    with pytest.raises(MirrorError, match=r"Insufficient ?Storage"):
        mirror(landed, spoiled_bucket)
    mirror(landed, bucket)

    assert mirrored(bucket, landed.parent / "x") == hashes(landed)


def test_a_storage_that_refuses_the_login_is_told_on_one_line(
    landed: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, storage: ObjectStorage
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another secret")
    stranger = Bucket(parse_address(bucket.url, endpoint=storage.endpoint))

    with pytest.raises(MirrorError, match=r"found SignatureDoesNotMatch: .*check the credentials"):
        mirror(landed, stranger)


def test_a_bucket_that_is_not_there_is_named(
    landed: Path, bucket: Bucket, storage: ObjectStorage
) -> None:
    other = Bucket(parse_address("s3://no-such-bucket/mx", endpoint=storage.endpoint))

    with pytest.raises(MirrorError, match=r"s3://no-such-bucket/mx.*found NoSuchBucket.*make the"):
        mirror(landed, other)


def test_a_full_storage_keeps_a_mirror_of_which_every_file_is_there(
    sender: Sender, ingest: Ingest, landed: Path, tmp_path: Path, bucket: Bucket
) -> None:
    """A day that does not fit changes neither the ledger nor any file that it names."""
    with object_storage("small", volumes=2, volume_mb=1) as small:
        full = Bucket(parse_address("s3://small/mx", endpoint=small.endpoint))
        mirror(landed, full)
        before = mirrored(full, tmp_path / "x")
        deliver(sender, "c", day="2026-01-03")
        ingest()
        fill(full)

        with pytest.raises(MirrorError, match="found InternalError"):
            mirror(landed, full)
        after = mirrored(full, tmp_path / "x")

    assert {path: after[path] for path in before} == before


def fill(bucket: Bucket) -> None:
    """Write until the server takes no more."""
    for number in range(20):
        try:
            bucket.put(f"filler/{number}", os.urandom(1_000_000), sha256="filler")
        except MirrorError:
            return
    raise AssertionError("expected a full server")
