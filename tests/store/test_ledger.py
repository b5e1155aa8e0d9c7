"""The ledger survives a torn line, and nothing else is silently passed over."""

from pathlib import Path

import duckdb
import pytest

from ingest.errors import LedgerError
from ingest.store.facts import What
from ingest.store.ledger import open_ledger, read_records
from tests.support.ledger import append_once, open_once


def test_records_come_back_in_order_with_rising_times(tmp_path: Path) -> None:
    with open_ledger(tmp_path, run_id="r") as ledger:
        for number in range(3):
            ledger.append(What.RUN, None, number=number)

    records = list(read_records(tmp_path))

    assert [record["number"] for record in records] == [0, 1, 2]
    assert len({record["recorded_at"] for record in records}) == 3


def test_a_torn_last_line_is_no_record_and_the_next_run_drops_it(tmp_path: Path) -> None:
    append_once(tmp_path, What.RUN, number=1)
    [path] = tmp_path.glob("*.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"recorded_at":"2026')

    assert [record["number"] for record in read_records(tmp_path)] == [1]
    open_once(tmp_path)
    assert path.read_bytes() == whole


def test_a_whole_line_that_is_no_record_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "2026-01.jsonl").write_bytes(b"?\n")

    with pytest.raises(LedgerError, match=r"2026-01.jsonl, line 1: expected a JSON object"):
        open_once(tmp_path)


def test_a_clock_that_goes_back_does_not_turn_records_round(tmp_path: Path) -> None:
    with open_ledger(tmp_path, run_id="r") as ledger:
        ledger.state.meta.last_recorded_at = "2099-01-01T00:00:00Z"

        ledger.append(What.RUN, None)

    [record] = read_records(tmp_path)
    assert record["recorded_at"] > "2099-01-01"


def test_duckdb_reads_it_without_an_extension(tmp_path: Path) -> None:
    append_once(tmp_path, What.RUN, seconds=1.5)

    ledger = duckdb.read_json(str(tmp_path / "*.jsonl"))
    assert ledger.select("what", "seconds").fetchall() == [("run", 1.5)]
