"""A small world in two waves. The second touches few keys, so that each rule matters."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.delivery.names import DailyFile
from ingest.store.keys_and_paths import landing_path
from tests.dbt_project.landing import CLIENT, OTHER_CLIENT, Landing, Rows, daily_file
from tests.dbt_project.worlds import Arrival

RESOURCES = ("users", "members", "accounts", "transactions", "pledges", "vows")
"""The last two have no models."""
SET_ASIDE = daily_file("accounts.updated", day=3)
UNREADABLE = daily_file("accounts.created", day=5)
OPS = (
    "ledger",
    "landed_files",
    "landed_columns",
    "widened_columns",
    "staged_columns",
    "changed_files",
    "unreadable_files",
    "new_resources",
    "unknown_owners",
    "hidden_users",
    "hidden_members",
    "hidden_accounts",
)
"""The models of `ops` by which tables are kept."""


def _row(guid: str | None, *, extra: float | None = None, **owners: str) -> dict[str, Any]:
    values = {"guid": guid} | {f"{owner}_guid": guid_of for owner, guid_of in owners.items()}
    return values if extra is None else values | {"extra": extra}


def _file(
    name: str,
    *rows: dict[str, Any],
    wave: int,
    day: int = 1,
    client: str = CLIENT,
    part: int = 1,
    extra: pa.DataType | None = None,
) -> Arrival:
    file = daily_file(name, day=day, client=client, part=part)
    noted = [{"note": f"wave {wave}, {file.stem}, {n}", **row} for n, row in enumerate(rows)]
    return Arrival(file=file, rows=noted, extra=extra)


_first, _second = partial(_file, wave=1), partial(_file, wave=2)
_log = partial(_row, None)

FIRST_WAVE = (
    _first("users.created", _row("U1"), _row("U2"), _row("U5"), _row("U6")),
    _first("users.created", _row("U1"), client=OTHER_CLIENT),
    _first("users.baseline", _row("U5"), _row("U5")),
    _first("users.baseline", _row("U5"), part=2),
    _first("users.updated", _row("U1"), _row("U1"), _log(), day=2),
    _first("users.deleted", _row("U2"), _row("U4"), day=3),
    _first(
        "members.created",
        _row("M1", user="U1"),
        _row("M2", user="U2"),
        _row("M3", user="U6"),
        _row("M4", user="U4"),
        _row("M5", user="U6"),
    ),
    _first("members.created", _row("M5", user="U1"), client=OTHER_CLIENT),
    _first("members.updated", _row("M3", user="U6", extra=7), day=1, extra=pa.int32()),
    _first("members.deleted", _row("M3"), _row("M5"), day=2),
    _first(
        "accounts.created",
        _row("A1", member="M1"),
        _row("A2", member="M2"),
        _row("A3", member="M3"),
        _row("A4", member="M4"),
        _row("A5"),
        _row("A6", member="M5"),
        _row("A8", user="U1"),
        _row("A9"),
    ),
    _first(
        "accounts.created", _row("A1", member="M5"), _row("A4"), _row("A5"), client=OTHER_CLIENT
    ),
    _first("accounts.updated", _row("A4", member="M4"), _row("A5", member="M2"), day=2),
    _first("accounts.updated", _row("A4"), day=2, client=OTHER_CLIENT),
    Arrival(file=SET_ASIDE, rows=[_row("A9") | {"note": "set aside"}], extra=None),
    _first(
        "transactions.created",
        _row("T1", account="A5"),
        _row("T3", account="A9"),
        _row("T6", account="A6"),
        _row("T8", account="A8"),
        day=2,
    ),
    _first("transactions.updated", _row("T1", account="A5"), day=2),
    _first("transactions.deleted", _row("T1"), _log(), day=2),
    _first("transactions.deleted", _row("T3"), day=4),
    _first("transactions.created", _row("T9"), day=3, client=OTHER_CLIENT),
    _first("pledges.created", _row("P1", user="U6"), _row("P2"), _row("P4", user="U1"), _log()),
    _first("pledges.updated", _row("P1", user="U6"), day=2),
    _first("pledges.deleted", _row("P3"), _log(), day=2),
    _first("vows.created", _row("V1", user="U6"), _row("V2", user="U6")),
)
"""All keys, in the states from which the second wave moves some."""

SECOND_WAVE = (
    # U2 was not deleted, of U4 nothing was ever said
    _second("users.deleted", day=3),
    _second("users.deleted", _row("U1"), day=4),
    # M3 comes back, with a wider type
    _second("members.created", _row("M3", user="U6", extra=0.5), day=4, extra=pa.float64()),
    # A5 was not updated
    _second("accounts.updated", _row("A4", member="M1"), day=2),
    # a column that no row had
    _second(
        "accounts.updated",
        _row("A1", member="M5", extra=5),
        day=6,
        client=OTHER_CLIENT,
        extra=pa.int32(),
    ),
    # a late day for a key that was deleted, and a day on which another comes back
    _second("transactions.created", _row("T1", account="A5")),
    _second("transactions.updated", _row("T3", account="A9"), day=5),
    # T9 was never created
    _second("transactions.created", day=3, client=OTHER_CLIENT),
    # P2 was never created
    _second("pledges.created", _row("P1", user="U6"), _row("P4", user="U1")),
    # a column that no row of a new resource had
    _second("vows.updated", _row("V1", user="U6", extra=5), day=2, extra=pa.int32()),
    Arrival(file=UNREADABLE, rows=[_row("A7") | {"note": "lost"}], extra=None),
)


def land_first(landing: Landing) -> None:
    """Land the first wave."""
    for arrival in FIRST_WAVE:
        arrival.land(landing)


def land_second(landing: Landing) -> None:
    """Land the second wave, take a file of the first one out, and damage a new one."""
    for arrival in SECOND_WAVE:
        arrival.land(landing)
    landing.set_aside(SET_ASIDE)
    (landing.data / landing_path(UNREADABLE)).write_bytes(b"no Parquet")


def files_that_count() -> dict[DailyFile, Rows]:
    """The latest versions of the files that are still there and can be read."""
    latest = {arrival.file: arrival.rows for arrival in (*FIRST_WAVE, *SECOND_WAVE)}
    return {file: rows for file, rows in latest.items() if file not in (SET_ASIDE, UNREADABLE)}


def needed_files(project: Path) -> Iterator[Path]:
    """Name the files of dbt's project that the tables of this world are made by."""
    of_resource = ("staging/stg_{}", "state/state_{}", "history/history_{}", "current/{}")
    models = {f"models/ops/{name}.sql" for name in OPS}
    models |= {f"models/{form.format(name)}.sql" for form in of_resource for name in RESOURCES}
    models |= {f"models/staging/stg_{name}.yml" for name in RESOURCES}
    models |= {"models/ops/_ops__models.yml", "models/_groups.yml"}
    models |= {"dbt_project.yml", "profiles.yml"}
    for path in project.rglob("*.*"):
        name = path.relative_to(project)
        is_shared = name.parts[0] in ("macros", "tests") or name.name.endswith("__sources.yml")
        if name.as_posix() in models or is_shared:
            yield name
