"""A storage that fails, at any request, costs time alone: the next mirror ends as if it had not."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import MirrorError
from ingest.mirror.address import parse_address
from ingest.mirror.bucket import Bucket
from tests.mirror.conftest import hashes, mirror, mirrored
from tests.support.object_storage import ObjectStorage
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
