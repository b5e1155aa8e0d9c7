"""A mirror is read again, and what is wrong in it is copied again by the next mirror."""

from pathlib import Path

from ingest.mirror.storage.bucket import Bucket
from ingest.mirror.verify import verify_mirror
from tests.mirror.conftest import hashes, mirror, mirrored
from tests.mirror.test_restore import ARCHIVED, LANDED


def test_a_sound_mirror_is_what_was_recorded(landed: Path, bucket: Bucket) -> None:
    mirror(landed, bucket)

    done = verify_mirror(landed, bucket)

    assert (done.checked, done.wrong) == (3, {})
    assert done.text().startswith("3 of 3 objects of s3://")


def test_objects_that_are_gone_or_rotten_are_named_and_copied_again(
    landed: Path, bucket: Bucket, tmp_path: Path
) -> None:
    """The rotten object still says of itself that it has the recorded hash."""
    mirror(landed, bucket)
    bucket.delete(ARCHIVED)
    seen = bucket.look(LANDED)
    assert seen and seen.sha256
    bucket.put(LANDED, b"?" * seen.size_bytes, sha256=seen.sha256, replaces=seen)

    done = verify_mirror(landed, bucket)
    copied = mirror(landed, bucket)

    assert done.wrong == {ARCHIVED: "no file", LANDED: "other bytes than were recorded"}
    assert copied.files == 2
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)
    assert verify_mirror(landed, bucket).wrong == {}


def test_a_mirror_of_the_archive_is_read_without_the_landing(landed: Path, bucket: Bucket) -> None:
    mirror(landed, bucket, only="archive")

    assert verify_mirror(landed, bucket, only="archive").checked == 2
