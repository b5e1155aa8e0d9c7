"""Code that the peers that apply a day share: their command line, and the day's events."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

KEY: Final = ("_client_guid", "guid")
EVENT_ORDER: Final = (
    "_snapshot_date",
    "case _event when 'created' then 1 when 'updated' then 2 else 3 end",
    "_row_number",
)
"""The provider's."""
ROWS_AT_ONCE: Final = 100_000
NOT_KEPT: Final = "_resource, _event, _source_sha256"

Action = Callable[[Path, Sequence[str]], None]
"""Does something with the table in a folder and some files."""


def run_side(**actions: Action) -> None:
    """Do what the command line says, ACTION FOLDER FILE ..., and leave the time in FOLDER/seconds.

    The interpreter and its imports are there already: what they cost is measured from outside.
    """
    action, folder, *files = sys.argv[1:]
    began = time.monotonic()
    actions[action](Path(folder), files)
    (Path(folder) / "seconds").write_text(str(time.monotonic() - began))


def newest_first() -> str:
    return ", ".join(f"{column} desc" for column in EVENT_ORDER)


def events_of(files: Sequence[str]) -> str:
    """Return a query for the events of landed files, with their place in the provider's order."""
    return f"""
        select
            * exclude ({NOT_KEPT}),
            _event = 'deleted' as is_deleted,
            row_number() over (order by {", ".join(EVENT_ORDER)}) as event_order
        from read_parquet({list(files)}, hive_partitioning = false)
    """
