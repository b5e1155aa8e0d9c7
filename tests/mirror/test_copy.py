"""A mirror has what the ledger names, in an order in which no reader misses a file."""

from pathlib import Path

from ingest.mirror.bucket import Bucket
from tests.conftest import Ingest
from tests.mirror.conftest import hashes, mirror, mirrored
from tests.support.sender import Sender


def deliver(sender: Sender, *guids: str, day: str = "2026-01-02") -> None:
    sender.day = day
    sender.rows = []
    sender.send_users(*guids)
    sender.send_manifest()


def test_a_mirror_has_every_file_of_landing_ledger_and_archive(
    sender: Sender, ingest: Ingest, data: Path, bucket: Bucket, tmp_path: Path
) -> None:
    deliver(sender, "a", "b")
    deliver(sender, "c", day="2026-01-03")
    ingest()

    done = mirror(data, bucket)

    assert mirrored(bucket, tmp_path / "x") == hashes(data)
    assert (done.files, done.deleted, done.left_out) == (6, 0, [])
