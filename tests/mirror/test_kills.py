"""A mirror or a restore that is killed at any request ends with the next one, as if undisturbed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.keyring import Keyring
from ingest.store.lock import RESTORING
from tests.conftest import Ingest
from tests.mirror.conftest import bring_back, deliver, hashes, mirror, mirrored
from tests.support.object_storage import ObjectStorage
from tests.support.sender import Sender
from tests.support.spoiled import CUT_AFTER, CUT_BEFORE, Spoiled

Start = Callable[..., int]


@pytest.fixture
def start(
    bucket: Bucket, storage: ObjectStorage, proxy: Spoiled, settings: dict[str, str]
) -> Start:
    """Run `ingest mirror` as a program that is killed at a request, before or after it counts."""

    def run_until(request: int, *args: str, data: Path, when: str) -> int:
        programs: list[subprocess.Popen[bytes]] = []

        def kill(method: str, path: str) -> str | None:
            if len(proxy.asked) < request:
                return None
            os.kill(programs[0].pid, signal.SIGKILL)
            return when

        proxy.fault = kill
        environment = settings | storage.settings | {"MX_MIRROR_ENDPOINT": proxy.endpoint}
        command = [sys.executable, "-m", "ingest", "mirror", bucket.url, *args]
        program = subprocess.Popen(
            command,
            env=environment | {"MX_DATA": str(data), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        programs.append(program)
        return program.wait(timeout=60)

    return run_until


@pytest.mark.parametrize("when", [CUT_BEFORE, CUT_AFTER])
@pytest.mark.parametrize("request_number", range(1, 22, 4))
def test_a_killed_mirror_is_ended_by_the_next(
    sender: Sender, ingest: Ingest, landed: Path, bucket: Bucket, tmp_path: Path, start: Start,
    request_number: int, when: str,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    deliver(sender, "restated")
    deliver(sender, "c", day="2026-01-03")
    ingest()

    code = start(request_number, data=landed, when=when)
    mirror(landed, bucket)

    assert code == -signal.SIGKILL
    assert mirrored(bucket, tmp_path / "x") == hashes(landed)


@pytest.mark.parametrize("request_number", range(1, 16, 3))
def test_a_killed_restore_is_ended_by_the_next(
    landed: Path, bucket: Bucket, keyring: Keyring, tmp_path: Path, start: Start,
    request_number: int,
) -> None:  # fmt: skip
    mirror(landed, bucket)
    new = tmp_path / "new"

    code = start(request_number, "--restore", data=new, when=CUT_AFTER)
    done = bring_back(new, bucket, keyring)

    assert code == -signal.SIGKILL
    assert done.missing == []
    assert hashes(new, "archive", "landing") == hashes(landed, "archive", "landing")
    assert mirror(new, bucket).files == 0


def test_a_restore_killed_when_the_ledger_is_in_place_is_ended_by_the_next(
    landed: Path, bucket: Bucket, keyring: Keyring, tmp_path: Path
) -> None:
    mirror(landed, bucket)
    new = tmp_path / "new"
    bring_back(new, bucket, keyring)
    (new / RESTORING).write_text(bucket.url)
    for path in (new / "landing").rglob("*.parquet"):
        path.unlink()

    done = bring_back(new, bucket, keyring)

    assert (done.fetched.files, done.missing) == (1, [])
    assert hashes(new, "archive", "landing") == hashes(landed, "archive", "landing")
    assert not (new / RESTORING).exists()
