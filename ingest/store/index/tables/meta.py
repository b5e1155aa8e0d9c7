"""Runs, names, clients and schemas: the small part of the index, read at once."""

import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from ingest.store.erased import Erasure, Move
from ingest.store.facts import Failing, Rejection, Run, Span
from ingest.store.index.tables.faults import reads_rows
from ingest.store.index.tables.values import read_rejection, write_rejection
from ingest.store.record import dump, parse_line


@dataclass(slots=True)
class Meta:
    """Facts that belong to no file and no day."""

    last_recorded_at: str = "1970-01-01T00:00:00Z"
    failing: Failing | None = None
    """None where the last run ended well. Only `ingest run` counts, which nobody watches."""
    succeeded_at: datetime | None = None
    """When the last `ingest run` ended that did not fail."""
    runs: list[Run] = field(default_factory=list)
    """The last ones, the oldest first."""
    bad_names: dict[str, Rejection] = field(default_factory=dict)
    """Names in quarantine that break the grammar: they belong to no day and no client."""
    given_up: set[str] = field(default_factory=set)
    """Clients of which an operator said that nothing more will come."""
    began_at: dict[str, datetime] = field(default_factory=dict)
    """When the first record of each client's deliveries was written."""
    schemas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Names and types of columns, by schema_id."""
    spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    """When a schema landed, by resource and schema_id."""
    erasures: list[Erasure] = field(default_factory=list)
    """Requests to erase that have not ended."""
    erases_with: str = ""
    """Tells the key that the keys of erased records are hashed with; nothing before the first."""
    moves: list[Move] = field(default_factory=list)
    """Changes of the archive since the last run that ended well; one that was killed left some."""


@reads_rows
def read_meta(database: sqlite3.Connection) -> Meta:
    """Read it from an index."""
    values = dict(database.execute("select name, value from meta"))
    failing = _load(values.get("failing", "null"))
    succeeded_at = values.get("succeeded_at")
    clients = database.execute("select client_guid, is_given_up, began_at from clients").fetchall()
    return Meta(
        last_recorded_at=values.get("last_recorded_at", Meta().last_recorded_at),
        failing=Failing(**_with_moments(failing)) if failing else None,
        succeeded_at=datetime.fromisoformat(succeeded_at) if succeeded_at else None,
        erasures=[Erasure(**_with_moments(each)) for each in _load(values.get("erasures", "[]"))],
        erases_with=values.get("erases_with", ""),
        moves=[Move(**each) for each in _load(values.get("moves", "[]"))],
        runs=[Run(**_with_moments(run)) for run in _load(values.get("runs", "[]"))],
        bad_names={
            name.decode(errors="surrogatepass"): read_rejection(_load(text))
            for name, text in database.execute("select name, rejection from bad_names")
        },
        given_up={client for client, is_given_up, _ in clients if is_given_up},
        began_at={client: datetime.fromisoformat(at) for client, _, at in clients if at},
        schemas={
            schema_id: _load(columns)
            for schema_id, columns in database.execute("select schema_id, columns from schemas")
        },
        spans={
            (resource, schema_id): Span(date.fromordinal(first), file, date.fromordinal(last))
            for resource, schema_id, first, file, last in database.execute("select * from spans")
        },
    )


def write_meta(database: sqlite3.Connection, meta: Meta) -> None:
    """Write it to an index."""
    values = {
        "last_recorded_at": meta.last_recorded_at,
        "failing": dump(asdict(meta.failing) if meta.failing else None),
        "succeeded_at": meta.succeeded_at.isoformat() if meta.succeeded_at else "",
        "runs": dump([asdict(run) for run in meta.runs]),
        "erasures": dump([asdict(each) for each in meta.erasures]),
        "erases_with": meta.erases_with,
        "moves": dump([asdict(each) for each in meta.moves]),
    }
    database.executemany("insert or replace into meta values (?, ?)", values.items())
    database.execute("delete from bad_names")
    database.executemany(
        "insert into bad_names values (?, ?)",
        (
            (name.encode(errors="surrogatepass"), dump(write_rejection(each)))
            for name, each in meta.bad_names.items()
        ),
    )
    database.executemany(
        "insert into clients (client_guid, began_at, is_given_up) values (?, ?, ?) "
        "on conflict do update set began_at = excluded.began_at, "
        "is_given_up = excluded.is_given_up",
        (
            (client, at.isoformat() if at else None, client in meta.given_up)
            for client in meta.began_at.keys() | meta.given_up
            for at in [meta.began_at.get(client)]
        ),
    )
    database.executemany(
        "insert or ignore into schemas values (?, ?)",
        ((schema_id, dump(columns)) for schema_id, columns in meta.schemas.items()),
    )
    database.executemany(
        "insert or replace into spans values (?, ?, ?, ?, ?)",
        (
            (*key, span.first_day.toordinal(), span.first_file, span.last_day.toordinal())
            for key, span in meta.spans.items()
        ),
    )


def _load(text: str) -> Any:
    return parse_line(text.encode())


def _with_moments(facts: dict[str, Any]) -> dict[str, Any]:
    """Read the moments of facts as such."""
    moments = {name: facts[name] for name in ("since", "at", "began_at") if name in facts}
    return facts | {name: datetime.fromisoformat(each) for name, each in moments.items()}
