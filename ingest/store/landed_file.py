"""Check a landed Parquet file, and name the next step where it is damaged."""

from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from ingest.store.durable import hash_file

OTHER_BYTES: Final = "other bytes than had landed"
NO_FILE: Final = "no file"
MAKE_ANEW: Final = "make it anew from the archive with: ingest verify --repair"


def landed_problem(path: Path, *, sha256: str | None) -> str | None:
    """Read all of a landed file, and say what is wrong with it.

    Args:
        sha256: the hash of the complete file, as recorded; None where none was recorded.
    """
    if not path.is_file():
        return NO_FILE
    if sha256 and hash_file(path) != sha256:
        return OTHER_BYTES
    rows = "read_parquet(?, hive_partitioning = false) as landed"
    try:
        with _database().cursor() as reader:
            query = f"select bit_xor(hash(landed)) from {rows}"  # noqa: S608 - our own
            reader.execute(query, [str(path)])
    except duckdb.Error as error:
        return str(error).partition("\n")[0]
    return None


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Open one for all files: opening takes seven times as long as reading a small file."""
    return duckdb.connect(":memory:")


def next_step_of(problem: str, *, file: str) -> str:
    """Say what to do about a landed file that a build cannot use.

    Args:
        file: the name under which it was delivered.
    """
    if problem in (NO_FILE, OTHER_BYTES):
        return MAKE_ANEW
    return f"{MAKE_ANEW}; or take it out with: ingest release --set-aside {file}"
