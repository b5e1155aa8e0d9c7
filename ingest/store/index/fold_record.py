"""Apply one record to what is known. No I/O."""

from datetime import datetime, timedelta
from typing import Any, Final

from ingest.delivery.names import Event
from ingest.store.facts import Failing, Run, What
from ingest.store.index import fold_erased, fold_files, fold_landing
from ingest.store.index.fold_files import Known
from ingest.store.keys_and_paths import delivery_in, key_in

RUNS_KEPT: Final = 30


def fold(known: Known, record: dict[str, Any]) -> None:
    """Apply one record."""
    known.meta.last_recorded_at = record["recorded_at"]
    at = datetime.fromisoformat(record["recorded_at"])
    if "client_guid" in record and record.get("event") != Event.BASELINE:
        known.meta.began_at.setdefault(record["client_guid"], at)
    _note_run(known, record, at)
    if "name" in record and "client_guid" not in record:
        _fold_name(known, record, at)
    else:
        _FOLDS[record["what"]](known, record, at)


def _fold_name(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Keep a name that breaks the grammar, until it is given up."""
    if record["what"] == What.GIVEN_UP:
        known.meta.bad_names.pop(record["name"], None)
    else:
        known.meta.bad_names[record["name"]] = fold_files.rejection_in(record, at)
        fold_files.note_version(known, record)


def _fold_given_up(known: Known, record: dict[str, Any], _at: datetime) -> None:
    if "resource" in record:
        known.change_file(key_in(record)).is_given_up = True
    elif "snapshot_date" in record:
        day = known.change_day(delivery_in(record))
        day.is_given_up = True
        for key in list(day.files):
            known.change_file(key)
    else:
        known.give_client_up(record["client_guid"])


def _fold_schema(known: Known, record: dict[str, Any], _at: datetime) -> None:
    known.meta.schemas.setdefault(record["schema_id"], record["columns"])


def _fold_run(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Count failures of `ingest run` alone: other commands are typed by a person who sees them."""
    if not record.get("failures"):
        known.meta.moves.clear()
    if record.get("command", "run") != "run":
        return
    failures, before = record.get("failures"), known.meta.failing
    if not failures:
        known.meta.failing, known.meta.succeeded_at = None, at
        return
    known.meta.failing = Failing(
        since=before.since if before else at,
        at=at,
        count=before.count + 1 if before else 1,
        line=str(failures[-1]),
    )


def _note_run(known: Known, record: dict[str, Any], at: datetime) -> None:
    """Know a run by its first record; its last one replaces that."""
    run_id, runs = record.get("run_id", ""), known.meta.runs
    if not runs or runs[-1].run_id != run_id:
        runs.append(Run(run_id=run_id, began_at=at, seconds=None))
        del runs[:-RUNS_KEPT]
    if record["what"] == What.RUN:
        facts = {name: record[name] for name in Run.__slots__ if name in record}
        began_at = at - timedelta(seconds=record.get("seconds") or 0)
        runs[-1] = Run(**{"run_id": run_id, "seconds": None, **facts, "began_at": began_at})


_FOLDS: Final = {
    What.ARCHIVED: fold_files.fold_archived,
    What.LISTED: fold_files.fold_listed,
    What.LANDED: fold_landing.fold_landed,
    What.MADE_ANEW: fold_landing.fold_made_anew,
    What.WAITING: fold_files.fold_result,
    What.QUARANTINED: fold_files.fold_result,
    What.GONE: fold_files.fold_gone,
    What.SET_ASIDE: fold_landing.fold_set_aside,
    What.GIVEN_UP: _fold_given_up,
    What.ERASURE: fold_erased.fold_erasure,
    What.ERASED: fold_erased.fold_erased,
    What.SCHEMA: _fold_schema,
    What.RUN: _fold_run,
}
