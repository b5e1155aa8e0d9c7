"""The notes of a publish in PostgreSQL for the next one: the release, and each table's content."""

from dataclasses import dataclass
from typing import Final

from ingest.errors import PublishError
from ingest.warehouse.database import quoted
from ingest.warehouse.publish.postgres.release_tables import Content
from ingest.warehouse.publish.postgres.server import Server, rows, run

OPS: Final = "ops"
MIRROR: Final = "ops.mirror"
TABLES: Final = "ops.published_tables"
LOCK: Final = 6_219_053
"""Any number, the same for every publish: two at once would send each other's rows."""
SETUP: Final = """
create table if not exists ops.mirror (
    release bigint not null,
    recipe text not null,
    is_masked boolean not null,
    published_at timestamptz not null default now()
);
comment on table ops.mirror is 'One row: the release that this database shows';
comment on column ops.mirror.recipe is 'Hash of all that the release was made from';
create table if not exists ops.published_tables (
    schema_name text not null,
    table_name text not null,
    release bigint not null,
    row_count bigint not null,
    digest numeric not null,
    primary key (schema_name, table_name)
);
comment on table ops.published_tables is
    'One row per table that a publish made, with the release that changed its rows last';
comment on column ops.published_tables.digest is 'Sum of the hashes of its rows, of DuckDB';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the database shows; without a release nothing was ever published to it."""

    release: int | None
    recipe: str
    tables: dict[tuple[str, str], Content]
    """What each table holds, as the publish noted that changed it last."""


def take_state(server: Server, *, is_masked: bool) -> State:
    """Wait for other publishes to end, and read what the database shows.

    Raises:
        PublishError: it shows the other kind of release.
    """
    rows(server, f"select pg_advisory_xact_lock({LOCK})")
    make_schemas(server, [OPS])
    run(server, SETUP)
    shown = rows(server, f"select release, recipe, is_masked from {MIRROR}")
    if not shown:
        return State(release=None, recipe="", tables={})
    [(release, recipe, was_masked)] = shown
    if was_masked != is_masked:
        kinds = {True: "the masked release", False: "the full release"}
        raise PublishError(
            f"expected a database with {kinds[is_masked]}, found {kinds[was_masked]}; "
            "name another database: people may read the one and not the other"
        )
    query = f"select schema_name, table_name, row_count, digest from {TABLES}"
    tables = {
        (schema, name): Content(count, int(digest))
        for schema, name, count, digest in rows(server, query)
    }
    return State(release=release, recipe=recipe, tables=tables)


def make_schemas(server: Server, names: list[str]) -> None:
    """Make the schemas that are not there; one that is there may belong to someone else."""
    found = rows(server, "select nspname from pg_namespace where nspname = any(%s)", names)
    for name in sorted(set(names) - {name for (name,) in found}):
        run(server, f"create schema {quoted(name)}")


def note_release(server: Server, release: int, *, recipe: str, is_masked: bool) -> None:
    run(server, f"delete from {MIRROR}")
    query = f"insert into {MIRROR} (release, recipe, is_masked) values (%s, %s, %s)"
    run(server, query, release, recipe, is_masked)


def note_table(server: Server, place: tuple[str, str], content: Content, *, release: int) -> None:
    forget_table(server, place)
    values = (*place, release, content.rows, content.digest)
    run(server, f"insert into {TABLES} values (%s, %s, %s, %s, %s)", *values)


def forget_table(server: Server, place: tuple[str, str]) -> None:
    run(server, f"delete from {TABLES} where (schema_name, table_name) = (%s, %s)", *place)
