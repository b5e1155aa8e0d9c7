"""List the events of one record, and say why it is or is not in `main`."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ingest.delivery.avro.schema import LINEAGE
from ingest.delivery.names import Event
from ingest.errors import UnknownNameError
from ingest.warehouse.database import Database, NoSuchName, open_warehouse
from ingest.warehouse.dbt import BUILD_COMMAND
from ingest.warehouse.models.catalogue import read_catalogue

EVENTS = """
    select staged.*, listed.ordinal as _event_ordinal
    from staging."stg_{resource}" as staged
    left join ops.listed_files as listed on listed.file = staged._source_file
    where cast(staged.guid as varchar) = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """One row of one daily file about the record."""

    event: str
    snapshot_date: str
    source_file: str
    source_sha256: str
    row_number: int
    manifest_line: int | None
    """In the newest manifest of its day, the header being line 1; None if that does not list it."""
    changed: dict[str, tuple[Any, Any]]
    """What it says otherwise than the row before it: old and new; nothing for a deleted row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLife:
    """All that landed of one key of one client, in the order in which it applies."""

    client_guid: str
    events: list[RecordEvent]
    is_shown: bool
    why: str


def explain_record(resource: str, guid: str, *, warehouse: Path, project: Path) -> list[RecordLife]:
    """List the events of a record, once for each client that has its key.

    Raises:
        UnknownNameError: there is no such resource in the warehouse, or no such key in it.
    """
    with open_warehouse(warehouse) as connection:
        try:
            result = connection.execute(EVENTS.format(resource=resource), [guid])
        except NoSuchName as error:
            raise UnknownNameError(
                f"{resource}: expected a resource with keys in {warehouse}, found none"
                f"{_did_you_mean(resource, connection)}"
            ) from error
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        if not rows:
            raise UnknownNameError(
                f"{resource} {guid}: expected in a landed file, found in none that was built"
            )
        owners = read_catalogue(project).owners(resource)
        return [
            _life(client, rows, resource=resource, owners=owners, connection=connection)
            for client in sorted({row["_client_guid"] for row in rows})
        ]


def _did_you_mean(resource: str, connection: Database) -> str:
    query = "select table_name from duckdb_tables() where schema_name = 'state'"
    known = [name for (name,) in connection.execute(query).fetchall()]
    near = get_close_matches(resource, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"


def _life(
    client_guid: str,
    rows: list[dict[str, Any]],
    *,
    resource: str,
    owners: dict[str, str],
    connection: Database,
) -> RecordLife:
    own = sorted((row for row in rows if row["_client_guid"] == client_guid), key=_place)
    valued = [row for row in own if row["_event"] != "deleted"]
    shown = connection.execute(
        f'select _source_file, _row_number from main."{resource}" '
        "where _client_guid = ? and cast(guid as varchar) = ?",
        [client_guid, str(own[0]["guid"])],
    ).fetchall()
    if shown:
        why = f"its values are those of row {shown[0][1]} of {shown[0][0]}"
    elif own[-1]["_event"] == "deleted":
        why = f"deleted on {own[-1]['_snapshot_date']}, and nothing came after"
    else:
        why = _hidden_by(valued[-1], owners=owners, connection=connection)
    return RecordLife(
        client_guid=client_guid, events=list(_events(own)), is_shown=bool(shown), why=why
    )


def _hidden_by(row: dict[str, Any], *, owners: dict[str, str], connection: Database) -> str:
    for column, owner in owners.items():
        hidden = connection.execute(
            f"select 1 from ops.hidden_{owner} where _client_guid = ? "
            "and guid = cast(? as varchar)",
            [row["_client_guid"], row.get(column)],
        ).fetchall()
        if hidden:
            return f"hidden with its {column} {row[column]}, which is deleted or hidden itself"
    return f"live, but not built yet: {BUILD_COMMAND}"


def _events(rows: list[dict[str, Any]]) -> Iterator[RecordEvent]:
    before: dict[str, Any] = {}
    for row in rows:
        values = {name: value for name, value in row.items() if not _is_lineage(name)}
        changed = {} if row["_event"] == "deleted" else _changes(before, values)
        ordinal = row["_event_ordinal"]
        yield RecordEvent(
            event=row["_event"],
            snapshot_date=str(row["_snapshot_date"]),
            source_file=row["_source_file"],
            source_sha256=row["_source_sha256"],
            row_number=row["_row_number"],
            manifest_line=None if ordinal is None else ordinal + 1,
            changed=changed,
        )
        before = before if row["_event"] == "deleted" else values


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    }


def _place(row: dict[str, Any]) -> tuple[Any, int, str, int]:
    event = list(Event).index(row["_event"])
    return (row["_snapshot_date"], event, row["_source_file"], row["_row_number"])


def _is_lineage(name: str) -> bool:
    return name.startswith(tuple(LINEAGE))
