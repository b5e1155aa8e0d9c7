"""Rebuild the table from all events, as a dbt model of the usual form does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from bench.against.day import KEY, NOT_KEPT, newest_first, run_side

SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 2,
    "memory_limit": "4GB",
    "preserve_insertion_order": False,
}
"""Those of the project's own build."""


def apply(folder: Path, files: Sequence[str]) -> None:
    """Make the table from landed files."""
    query = f"""
        create or replace table transactions as
        with latest as (
            select *
            from read_parquet({list(files)}, hive_partitioning = false)
            qualify
                row_number() over (
                    partition by {", ".join(KEY)} order by {newest_first()}
                ) = 1
        )
        select * exclude ({NOT_KEPT}) from latest where _event <> 'deleted'
    """
    with duckdb.connect(folder / "rebuilt.duckdb", config=SETTINGS) as connection:
        connection.execute(query)


def export(folder: Path, files: Sequence[str]) -> None:
    with duckdb.connect(folder / "rebuilt.duckdb", config=SETTINGS) as connection:
        connection.execute(f"copy transactions to '{files[0]}' (format parquet)")


if __name__ == "__main__":
    run_side(apply=apply, export=export)
