"""One data folder at a time writes a mirror; any other is refused before it changes a thing."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.errors import MirrorError
from ingest.mirror.owner import STATE, OwnedMirror, identity
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from tests.mirror.conftest import RULES, deliver, hashes, mirror, mirrored
from tests.support.object_storage import OPEN
from tests.support.sender import Sender
from tests.support.spoiled import Spoiled


@pytest.fixture
def other(sender: Sender, keyring: Keyring, landed: Path, tmp_path: Path) -> Path:
    """The data folder of another machine, of the same source."""
    deliver(sender, "z", day="2026-01-05")
    run(LocalFolder(sender.folder), data=tmp_path / "other", keyring=keyring, rules=RULES)
    return tmp_path / "other"


def test_another_data_folder_is_refused_and_changes_nothing(
    landed: Path, other: Path, bucket: Bucket, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    before = mirrored(bucket, tmp_path / "x")

    with pytest.raises(MirrorError, match="expected a mirror of this data folder, found one of"):
        mirror(other, bucket)

    assert mirrored(bucket, tmp_path / "x") == before


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_mirrors_at_once_one_is_complete_and_the_other_refused(
    landed: Path, other: Path, bucket: Bucket, tmp_path: Path, attempt: int
) -> None:
    def outcome(data: Path) -> str:
        try:
            mirror(data, bucket)
        except MirrorError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(outcome, (landed, other)))

    [winner] = [data for data, error in zip((landed, other), outcomes, strict=True) if not error]
    assert mirrored(bucket, tmp_path / "x") == hashes(winner)


def test_a_mirror_that_was_taken_over_stops_the_former_owner_at_its_next_step(
    landed: Path, bucket: Bucket
) -> None:
    mirror(landed, bucket)
    former = OwnedMirror.open(bucket, owner=identity(landed), only="")

    OwnedMirror.open(bucket, owner=identity(landed), only="").take_over("another")

    for step in (former.check, lambda: former.write(left_out=["x"])):
        with pytest.raises(MirrorError, match="expected to be alone"):
            step()


def test_a_copy_of_a_data_folder_that_went_on_by_itself_is_refused(
    landed: Path, bucket: Bucket, sender: Sender, keyring: Keyring, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    copy = shutil.copytree(landed, tmp_path / "copy")
    source = LocalFolder(sender.folder)
    deliver(sender, "c", day="2026-01-03")
    run(source, data=copy, keyring=keyring, rules=RULES)
    run(source, data=landed, keyring=keyring, rules=RULES)
    mirror(landed, bucket)

    with pytest.raises(MirrorError, match=r"ledger/.*expected its \d+ bytes to begin the same"):
        mirror(copy, bucket)


def test_a_server_that_ignores_conditions_is_warned_of(
    landed: Path,
    proxy: Spoiled,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    proxy.left_out = "If-None-Match"

    mirror(landed, Bucket(parse_address(f"s3://{OPEN}/mx", endpoint=proxy.endpoint)))

    assert "expected a server that refuses a write whose condition" in caplog.text


def test_a_server_that_keeps_conditions_is_not_warned_of(
    landed: Path, bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    mirror(landed, bucket)

    assert caplog.text == ""


def test_a_state_of_a_newer_version_is_refused(landed: Path, bucket: Bucket) -> None:
    bucket.put(STATE, b'{"owner": "x", "new": 1}', sha256="of it")

    with pytest.raises(MirrorError, match="expected the state of a mirror, found other contents"):
        mirror(landed, bucket)
