"""Merge a day into DuckDB with dlt: by primary key, the last event of a key, deletes by a hint."""

from collections.abc import Sequence
from pathlib import Path

import dlt
import duckdb

from bench.against.day import KEY, ROWS_AT_ONCE, events_of, run_side


def _pipeline(folder: Path) -> dlt.Pipeline:
    return dlt.pipeline(
        "transactions",
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="main",
        pipelines_dir=str(folder / "pipelines"),
    )


def load(folder: Path, files: Sequence[str]) -> None:
    """Make the table from a file of current rows."""
    query = f"select *, false as is_deleted, 0::bigint as event_order from '{files[0]}'"
    _run(folder, query, write_disposition="append")


def apply(folder: Path, files: Sequence[str]) -> None:
    """Merge the events of landed files."""
    _run(folder, events_of(files), write_disposition="merge")


def _run(folder: Path, query: str, *, write_disposition: str) -> None:
    resource = dlt.resource(
        duckdb.execute(query).to_arrow_reader(ROWS_AT_ONCE),
        name="transactions",
        write_disposition=write_disposition,
        primary_key=KEY,
        columns={"is_deleted": {"hard_delete": True}, "event_order": {"dedup_sort": "desc"}},
    )
    _pipeline(folder).run(resource, loader_file_format="parquet").raise_on_failed_jobs()


def export(folder: Path, files: Sequence[str]) -> None:
    with duckdb.connect(folder / "dlt.duckdb") as connection:
        query = "select * exclude (is_deleted, event_order) from main.transactions"
        connection.execute(f"copy ({query}) to '{files[0]}' (format parquet)")


if __name__ == "__main__":
    run_side(load=load, apply=apply, export=export)
