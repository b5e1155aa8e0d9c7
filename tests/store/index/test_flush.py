"""A run and its readers share an index, and no record is lost of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest.errors import LedgerError
from ingest.store.facts import What
from ingest.store.index.lists import all_files
from ingest.store.index.tables import database
from ingest.store.ledger import open_ledger
from ingest.store.lock import run_lock
from tests.store.index.ledgers import (
    MONTHS,
    UNUSABLE,
    edit,
    index_of,
    status,
)
from tests.store.index.plain import assert_index_is_right
from tests.store.test_lines import AT, DAY


@pytest.mark.parametrize("meanwhile", ["nothing", "deleted", "random bytes", "a line changed"])
def test_a_reader_and_a_run_share_an_index(data: Path, meanwhile: str) -> None:
    """The run goes on with what lies at the path, whoever has made it."""
    with run_lock(data, run_id="r"), open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-1")
        if meanwhile == "a line changed":
            edit(data / "ledger")
        elif meanwhile != "nothing":
            index_of(data).unlink()
            if meanwhile != "deleted":
                UNUSABLE["random bytes"](index_of(data))
        read = status(data)
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-2")
        ledger.flush()
        assert ledger.state.meta.given_up == {"CLT-1", "CLT-2"}
        assert len(list(all_files(ledger.state))) == 24
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-3")

    assert read.stderr == ""
    assert_index_is_right(data / "ledger")


@pytest.mark.parametrize("other_does", ["begin immediate", "begin; select * from meta"])
def test_a_flush_that_fails_loses_nothing_for_the_next(
    data: Path, monkeypatch: pytest.MonkeyPatch, other_does: str
) -> None:
    """Another process writes, or reads, for longer than a run waits."""
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    new_client = DAY["client_guid"].replace("1", "2")
    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.append(What.GIVEN_UP, None, **DAY)
        ledger.append(What.GIVEN_UP, None, **DAY | {"client_guid": new_client})
        with closing(sqlite3.connect(index_of(data), isolation_level=None)) as other:
            for statement in other_does.split("; "):
                reading = other.execute(statement)
            with pytest.raises(LedgerError, match="database is locked; another command uses it"):
                ledger.flush()
            reading.close()
            if other.in_transaction:
                other.execute("rollback")
            other.execute("insert into clients (client_guid) values ('CLT-another')")
            ledger.append(What.RUN, None, seconds=1.0)
            ledger.flush()
            other.execute("delete from clients where client_guid = 'CLT-another'")

    assert_index_is_right(data / "ledger")


def test_records_keep_their_order_where_the_clock_goes_back_over_a_month(data: Path) -> None:
    """A record in an older month would be read before those that were written before it."""
    with open_ledger(data / "ledger", run_id="r") as ledger:
        ledger.state.meta.last_recorded_at = "2099-02-01T00:00:00Z"
        ledger.append(What.GIVEN_UP, None, client_guid="CLT-1")

    assert sorted(path.name for path in (data / "ledger").glob("*.jsonl")) == [
        *MONTHS,
        "2099-02.jsonl",
    ]
    assert AT["recorded_at"] < "2099"
