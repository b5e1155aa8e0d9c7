"""Change the rows of tables in PostgreSQL: those that are gone and came, or all of them."""

from collections.abc import Iterator
from typing import Final

from ingest.warehouse.database import Database, quoted
from ingest.warehouse.publish.postgres.columns import postgres_name
from ingest.warehouse.publish.postgres.outcome import Mirrored
from ingest.warehouse.publish.postgres.release_tables import (
    CAME,
    GONE,
    Content,
    Table,
    count_misfits,
    find_differences,
)
from ingest.warehouse.publish.postgres.server import Server, copy_in, run
from ingest.warehouse.publish.postgres.shape import place_of

ROWS_AT_ONCE: Final = 10_000
MOST_GONE: Final = 3
"""Where more than a third of the rows are gone, it costs less to send all."""


def change_rows(
    server: Server,
    database: Database,
    table: Table,
    before: Content,
    after: Content,
    done: Mirrored,
) -> None:
    """Delete the rows that are gone and insert those that came; all, where these are not known."""
    differences = find_differences(database, table, before=before, after=after)
    if differences and differences[0].rows * MOST_GONE < before.rows:
        gone, _ = differences
        deleted = _delete_gone(server, database, table)
        done.rows_deleted += deleted
        if deleted == gone.rows:
            _copy(server, database, table, CAME, done)
            done.changed_tables.append(table.full_name)
            return
    # most rows differ, someone else has changed the table, or the release before is removed
    done.rows_deleted += run(server, f"delete from {quoted(*place_of(table))}")
    copy_all(server, database, table, done)


def copy_all(server: Server, database: Database, table: Table, done: Mirrored) -> None:
    """Insert all rows of a table, and count again what planners want to know."""
    _copy(server, database, table, table.source, done)
    run(server, f"analyze {quoted(*place_of(table))}")
    done.changed_tables.append(table.full_name)


def _delete_gone(server: Server, database: Database, table: Table) -> int:
    """Delete the rows that are equal to one of those that are gone, nulls included."""
    place = quoted(*place_of(table))
    run(server, f"create temp table {GONE} (like {place}) on commit drop")
    _send_texts(server, database, table, GONE, to=f"pg_temp.{GONE}")
    by_key = "".join(
        f' and "a row".{quoted(name)} = "one gone".{quoted(name)}'
        for name in map(postgres_name, table.key)
    )
    deleted = run(
        server,
        f'delete from {place} as "a row" using pg_temp.{GONE} as "one gone" '
        f'where "a row" = "one gone"{by_key if table.is_resource else ""}',
    )
    run(server, f"drop table pg_temp.{GONE}")
    return deleted


def _copy(server: Server, database: Database, table: Table, source: str, done: Mirrored) -> None:
    done.rows_inserted += _send_texts(server, database, table, source, to=quoted(*place_of(table)))
    if count := count_misfits(database, table, source):
        done.values_changed[table.full_name] = count


def _send_texts(server: Server, database: Database, table: Table, source: str, *, to: str) -> int:
    columns = ", ".join(quoted(column.postgres_name) for column in table.columns)
    texts = _read_texts(database, table, source)
    return copy_in(server, f"copy {to} ({columns}) from stdin", texts)


def _read_texts(database: Database, table: Table, source: str) -> Iterator[str]:
    """Give the rows as the text format of COPY has them, many at a time."""
    values = ", ".join(column.copied for column in table.columns)
    asked = database.execute(f"select concat_ws(chr(9), {values}) || chr(10) from {source}")
    while texts := asked.fetchmany(ROWS_AT_ONCE):
        yield "".join(text for (text,) in texts)
