"""Kill -9 at any step of an erasure: nothing is lost, and the same command ends it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.store.index.catch_up import open_state
from ingest.warehouse.replay import verify_files
from tests.chaos.victim import ERASE_STEPS, WHEN
from tests.conftest import Ingest
from tests.erasure.conftest import (
    OTHERS_USER,
    PERSON,
    PERSONS_USER,
    USERS,
    landed,
    send,
    send_all,
    traces,
)
from tests.support.sender import Sender, avro_bytes

Settings = dict[str, str]
PAIRS = (("resume", "run"), ("run", "same"), ("same", "resume"))
WAYS = [
    (step, when, goes_on)
    for number, step in enumerate(ERASE_STEPS)
    for when, goes_on in zip(WHEN, PAIRS[number % 3], strict=True)
]
"""Each step with two of the three ways in which an operator may go on."""


@pytest.fixture
def filled(sender: Sender, ingest: Ingest, data: Path) -> Path:
    """A data folder in which the person is landed, replaced and in quarantine."""
    send_all(sender)
    ingest()
    send(sender, USERS, PERSONS_USER, OTHERS_USER, PERSONS_USER)
    sender.send_manifest()
    ingest()
    plain = avro_bytes([PERSONS_USER], schema=USERS)
    sender.send(plain, event="updated", record_count=1, Checksum="0" * 64)
    sender.send_manifest()
    assert ingest().alarms == 1
    [rejected] = (data / "quarantine").glob("CLT-*/*/*.pgp")
    shutil.copy(rejected, rejected.with_suffix(".copy"))  # another inode, as on other file systems
    rejected.with_suffix(".copy").replace(rejected)
    return data


def erase(settings: Settings, *arguments: str) -> int:
    command = [sys.executable, "-m", "ingest", "erase", *arguments]
    return subprocess.run(command, env=settings, check=False, capture_output=True).returncode


def others(data: Path) -> list[Any]:
    """Give all rows that are not the person's, without what a new file changes."""
    files = [("users", "created"), ("accounts", "created"), ("transactions", "created")]
    rows = [row for resource, event in files for row in landed(data, resource, event)]
    kept = [row for row in rows if "person" not in json.dumps(row, default=str)]
    return [[row["guid"], row["_source_file"], row["_snapshot_date"]] for row in kept]


@pytest.mark.parametrize(("step", "when", "goes_on"), WAYS)
def test_an_erasure_that_is_killed_at_a_step_can_be_ended(
    filled: Path,
    ingest: Ingest,
    settings: Settings,
    keyring: Keyring,
    step: str,
    when: str,
    goes_on: str,
) -> None:
    before = others(filled)
    command = [sys.executable, "-m", "tests.chaos.victim", step, when, "erase", PERSON]

    died = subprocess.run(command, env=settings, check=False, capture_output=True)

    assert died.returncode == -9, died.stderr
    for folder in (filled / "archive").glob("*/*"):
        os.utime(folder, (0, 0))  # a later record may hide from a run that a folder has changed
    assert others(filled) == before
    with open_state(filled / "ledger") as state:
        is_open = bool(state.meta.erasures)
    if goes_on == "run":
        assert ingest().failures == []
        assert others(filled) == before
    can_resume = is_open and goes_on != "same"
    code = erase(settings, *(["--resume"] if can_resume else [PERSON]))
    assert (code, traces(filled, keyring)) == (0, {})
    assert others(filled) == before
    assert verify_files(filled).damaged == []
    again = ingest()
    assert (again.files_landed, again.statuses) == (0, {"landed": 5, "quarantined": 1})
    with open_state(filled / "ledger") as state:
        assert state.meta.erasures == []
