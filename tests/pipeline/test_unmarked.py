"""A source that tells neither sizes nor times: what came broken is asked for again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources import SourceFile
from ingest.receive.sources.local import LocalFolder
from ingest.status.runs import Summary
from tests.conftest import landed_rows
from tests.support.sender import Sender


class Unmarked(LocalFolder):
    """A folder of which only names are known."""

    def list_files(self) -> list[SourceFile]:
        return [replace(each, size_bytes=0, modified_at=0.0) for each in super().list_files()]


@pytest.mark.parametrize("part", ["manifest", "users"])
@pytest.mark.parametrize("settle_hours", [0, 6])
def test_a_file_that_came_half_is_fetched_again(
    sender: Sender, data: Path, keyring: Keyring, part: str, settle_hours: int
) -> None:
    sender.send_users(*(f"USR-{number}" for number in range(50)))
    sender.send_manifest()
    [path] = sender.folder.glob(f"*{part}*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])

    def run_once() -> Summary:
        rules = Rules(settle=timedelta(hours=settle_hours), max_plain_bytes=1 << 30)
        return run(Unmarked(sender.folder), data=data, keyring=keyring, rules=rules)

    run_once()
    path.write_bytes(whole)
    summary = run_once()

    assert (summary.files_landed, summary.alarms, len(landed_rows(data))) == (1, 0, 50)
    assert run_once().files_landed == 0
