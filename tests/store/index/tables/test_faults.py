"""Whatever happens to the index, commands say the same as without it, or one line."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest.errors import LedgerError
from ingest.store.index.catch_up import open_state
from ingest.store.index.lists import all_files
from ingest.store.index.tables import database
from tests.store.index.ledgers import (
    append_to_newest,
    from_record_alone,
    index_of,
    status,
)
from tests.store.index.plain import assert_index_is_right


@pytest.mark.parametrize("damage", [b"\xff", b"\0", b"x"], ids=["high", "zeros", "letters"])
def test_damage_that_is_met_late_is_one_line_and_the_next_command_works(
    data: Path, damage: bytes
) -> None:
    """Each page in turn gets bytes that nobody wrote."""
    folder, good = data / "ledger", index_of(data).read_bytes()
    met, damage = 0, damage * 50
    for start_byte in range(300, len(good), 1024):
        index_of(data).write_bytes(good[:start_byte] + damage + good[start_byte + len(damage) :])
        try:
            with open_state(folder) as state:
                list(all_files(state))
        except LedgerError as error:
            met += 1
            assert str(error).startswith(f"{index_of(data)}: expected to read and write it, found ")
            assert str(error).endswith("; it was removed: run again, and it is made anew")
            assert not index_of(data).exists()
        with open_state(folder) as state:
            list(all_files(state))
    assert met


def test_damage_that_is_met_late_by_a_program_is_one_line(data: Path) -> None:
    with closing(sqlite3.connect(index_of(data))) as index, index:
        index.execute("update files set facts = '{' , settled = 0")

    found, again = status(data), status(data)

    [said] = found.stderr.splitlines()
    assert found.returncode == 1
    assert "found a row that cannot be read; it was removed: run again" in said
    assert (again.stdout, again.stderr) == (from_record_alone(data), "")


def test_a_reader_who_waits_in_vain_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    append_to_newest(data / "ledger")
    with closing(sqlite3.connect(index_of(data))) as other:
        other.execute("begin immediate")
        with (
            pytest.raises(LedgerError, match="another command uses it: run again when that has"),
            open_state(data / "ledger"),
        ):
            pass

    assert_index_is_right(data / "ledger")


def test_a_disk_that_takes_no_more_of_the_index_is_one_line_and_nothing_is_lost(
    data: Path,
) -> None:
    index_of(data).unlink()
    command = [sys.executable, "-m", "ingest", "status", "--json"]
    full = subprocess.run(
        ["prlimit", "--fsize=20000", *command],
        env=os.environ | {"MX_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    [said] = full.stderr.splitlines()
    assert full.returncode == 1
    assert f"{index_of(data)}: expected to read and write it, found " in said
    assert "make sure that its disk works and has space" in said
    assert status(data).stdout == from_record_alone(data)
    assert_index_is_right(data / "ledger")
