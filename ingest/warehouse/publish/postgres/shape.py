"""Make tables in PostgreSQL, and change their columns: types, keys, comments and indexes.

Rows are deleted and inserted in the table that is there, so a transaction with an older snapshot
goes on seeing the old rows. PostgreSQL promises no such thing for a table that is created again:
its name leads every transaction there at once, and an older snapshot sees no row in it
(https://www.postgresql.org/docs/current/mvcc-caveats.html). `make_anew` puts the old rows there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest.errors import PublishError
from ingest.warehouse.database import literal, quoted
from ingest.warehouse.publish.postgres.columns import postgres_name
from ingest.warehouse.publish.postgres.release_tables import Table
from ingest.warehouse.publish.postgres.server import (
    RefusedValue,
    Server,
    copy_file_in,
    copy_out,
    rows,
    run,
)

COLUMNS: Final = """
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    coalesce(col_description(c.oid, a.attnum), ''), coalesce(obj_description(c.oid, 'pg_class'), '')
from pg_class as c
join pg_namespace as n on c.relnamespace = n.oid
join pg_attribute as a on c.oid = a.attrelid
where c.relkind = 'r' and n.nspname = any(%s) and a.attnum > 0 and not a.attisdropped
order by c.oid, a.attnum
"""
KEYS: Final = """
select n.nspname, c.relname, a.attname
from pg_constraint as k
join pg_class as c on k.conrelid = c.oid
join pg_namespace as n on c.relnamespace = n.oid
cross join unnest(k.conkey) with ordinality as part (attnum, place)
join pg_attribute as a on c.oid = a.attrelid and part.attnum = a.attnum
where k.contype = 'p' and n.nspname = any(%s)
order by c.oid, part.place
"""


@dataclass(slots=True)
class Shape:
    """A table's columns with their types, its primary key, and what is said about them."""

    types: dict[str, str] = field(default_factory=dict)
    key: list[str] = field(default_factory=list)
    comment: str = ""
    comments: dict[str, str] = field(default_factory=dict)


Shapes = dict[tuple[str, str], Shape]


def place_of(table: Table) -> tuple[str, str]:
    """Give the schema and name that a table has in PostgreSQL."""
    return postgres_name(table.schema), postgres_name(table.name)


def wanted_shape(table: Table, *, is_primary: bool) -> Shape:
    columns = table.columns
    return Shape(
        {column.postgres_name: column.postgres_type for column in columns},
        [postgres_name(each) for each in table.key] if is_primary else [],
        table.comment,
        {column.postgres_name: column.postgres_comment for column in columns},
    )


def read_shapes(server: Server, schemas: list[str]) -> Shapes:
    """Read which tables are there."""
    shapes: Shapes = {}
    for schema, name, column, kind, said, comment in rows(server, COLUMNS, schemas):
        shape = shapes.setdefault((schema, name), Shape(comment=comment))
        shape.types[column] = kind
        shape.comments[column] = said
    for schema, name, column in rows(server, KEYS, schemas):
        shapes[schema, name].key.append(column)
    return shapes


def can_stay(found: Shape, wanted: Shape) -> bool:
    """Say whether columns only come and go: an older snapshot then sees nothing wrong."""
    kept = found.types.keys() & wanted.types.keys()
    return found.key == wanted.key and all(found.types[each] == wanted.types[each] for each in kept)


def change_columns(server: Server, place: tuple[str, str], found: Shape, wanted: Shape) -> None:
    """Add the new columns at the end, and drop those that are gone."""
    actions = [
        *(f"drop column {quoted(each)}" for each in found.types.keys() - wanted.types.keys()),
        *(
            f"add column {quoted(each)} {kind}"
            for each, kind in wanted.types.items()
            if each not in found.types
        ),
    ]
    if actions:
        run(server, f"alter table {quoted(*place)} {', '.join(actions)}")


def make_table(server: Server, place: tuple[str, str], wanted: Shape) -> None:
    """Make an empty table; its indexes are made when it has its rows."""
    columns = ", ".join(f"{quoted(each)} {kind}" for each, kind in wanted.types.items())
    run(server, f"create table {quoted(*place)} ({columns})")


def make_anew(
    server: Server, place: tuple[str, str], found: Shape, wanted: Shape, *, scratch: Path
) -> None:
    """Replace a table by one with other types or another key, which has the old rows.

    `freeze` lets every snapshot see these rows. Who deletes them afterwards, in the same
    transaction, takes them from the newer snapshots alone.

    Raises:
        PublishError: an old value is none of the new type.
    """
    name, kept = quoted(*place), [each for each in found.types if each in wanted.types]
    columns, spooled = _listed(kept), scratch / "rows"
    copy_out(server, f"copy {name} ({columns}) to stdout", spooled)
    run(server, f"drop table {name}")
    make_table(server, place, wanted)
    try:
        copy_file_in(server, f"copy {name} ({columns}) from stdin (freeze)", spooled)
    except RefusedValue as error:
        raise PublishError(
            f"{'.'.join(place)}: expected old values to fit the new types, for the transactions "
            "that still read the old release, found others; when nobody reads the table, run: "
            f"drop table {name}, then: ingest publish"
        ) from error
    spooled.unlink()


def make_indexes(server: Server, table: Table, wanted: Shape) -> None:
    """Index the key and the columns that name owners, then count what planners want to know."""
    name = quoted(*place_of(table))
    if wanted.key:
        run(server, f"alter table {name} add primary key ({_listed(wanted.key)})")
    elif table.key:
        run(server, f"create index on {name} ({_listed(map(postgres_name, table.key))})")
    for owner in table.owners:
        run(server, f"create index on {name} ({quoted(postgres_name(owner))})")


def describe(server: Server, place: tuple[str, str], found: Shape, wanted: Shape) -> None:
    """Comment on the table and its columns, where the comment is another one."""
    statements = list(_comments(place, found, wanted))
    if statements:
        run(server, ";".join(statements))


def _comments(place: tuple[str, str], found: Shape, wanted: Shape) -> Iterator[str]:
    if found.comment != wanted.comment:
        yield f"comment on table {quoted(*place)} is {literal(wanted.comment)}"
    for each, text in wanted.comments.items():
        if found.comments.get(each, "") != text:
            yield f"comment on column {quoted(*place, each)} is {literal(text)}"


def _listed(names: list[str] | Iterator[str]) -> str:
    return ", ".join(map(quoted, names))
