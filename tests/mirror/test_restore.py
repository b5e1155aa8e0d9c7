"""A lost machine comes back from its mirror."""

from pathlib import Path

from ingest.mirror.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from tests.conftest import Ingest
from tests.mirror.conftest import bring_back, hashes, mirror
from tests.mirror.test_copy import deliver
from tests.support.sender import Sender


def test_a_restored_folder_has_every_file_of_the_lost_one(
    sender: Sender, ingest: Ingest, data: Path, bucket: Bucket, keyring: Keyring, tmp_path: Path
) -> None:
    deliver(sender, "a", "b")
    deliver(sender, "c", day="2026-01-03")
    ingest()
    mirror(data, bucket)

    done = bring_back(tmp_path / "new", bucket, keyring)

    before, after = hashes(data), hashes(tmp_path / "new")
    ledgers = {name for name in before if name.startswith("ledger/")}
    assert {name: after[name] for name in before.keys() - ledgers} == {
        name: before[name] for name in before.keys() - ledgers
    }
    assert (done.files, done.landed_again, done.missing) == (6, 0, [])
    assert done.summary
    assert done.summary.alarms == 0
