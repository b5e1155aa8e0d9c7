"""Merge a day into a Delta table with delta-rs, the day's last event of each key first."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.dataset
from deltalake import DeltaTable, write_deltalake

from bench.against.day import KEY, ROWS_AT_ONCE, events_of, run_side


def load(folder: Path, files: Sequence[str]) -> None:
    """Make the table from a file of current rows."""
    rows = duckdb.execute(f"from '{files[0]}'").to_arrow_reader(ROWS_AT_ONCE)
    write_deltalake(folder / "delta", rows)


def apply(folder: Path, files: Sequence[str]) -> None:
    """Merge the events of landed files."""
    last: pyarrow.Table = duckdb.execute(
        f"""
        select * exclude (event_order) from ({events_of(files)})
        qualify row_number() over (partition by {", ".join(KEY)} order by event_order desc) = 1
        """
    ).to_arrow_table()
    kept = {name: f"new.{name}" for name in last.column_names if name != "is_deleted"}
    (
        DeltaTable(folder / "delta")
        .merge(
            last,
            predicate=" and ".join(f"old.{name} = new.{name}" for name in KEY),
            source_alias="new",
            target_alias="old",
        )
        .when_matched_delete(predicate="new.is_deleted")
        .when_matched_update(updates=kept)
        .when_not_matched_insert(updates=kept, predicate="not new.is_deleted")
        .execute()
    )


def export(folder: Path, files: Sequence[str]) -> None:
    rows: pyarrow.dataset.Dataset = DeltaTable(folder / "delta").to_pyarrow_dataset()
    connection = duckdb.connect()
    connection.register("rows", rows)
    connection.execute(f"copy rows to '{files[0]}' (format parquet)")


if __name__ == "__main__":
    run_side(load=load, apply=apply, export=export)
