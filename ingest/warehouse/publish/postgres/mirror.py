"""Bring a PostgreSQL database to a release: all tables in one transaction, only what changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.errors import PublishError
from ingest.store.durable import scratch_folder
from ingest.warehouse.database import Database, DatabaseError, first_line, quoted
from ingest.warehouse.models.catalogue import read_catalogue
from ingest.warehouse.publish.postgres.access import let_read
from ingest.warehouse.publish.postgres.outcome import Mirrored
from ingest.warehouse.publish.postgres.release_tables import (
    Content,
    Table,
    is_primary,
    list_tables,
    open_release,
    read_content,
)
from ingest.warehouse.publish.postgres.send_rows import change_rows, copy_all
from ingest.warehouse.publish.postgres.server import Server, Target, open_server, rows, run
from ingest.warehouse.publish.postgres.shape import (
    Shape,
    can_stay,
    change_columns,
    describe,
    make_anew,
    make_indexes,
    make_table,
    place_of,
    read_shapes,
    wanted_shape,
)
from ingest.warehouse.publish.postgres.state import (
    TABLES,
    State,
    forget_table,
    make_schemas,
    note_release,
    note_table,
    take_state,
)
from ingest.warehouse.publish.releases_on_disk import DATABASES, Releases

NEW: Final = Shape()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A transaction, the release to send, and what has been done."""

    server: Server
    database: Database
    state: State
    scratch: Path
    done: Mirrored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A table that is not as the release has it."""

    table: Table
    found: Shape
    wanted: Shape
    before: Content | None
    content: Content

    @property
    def is_slight(self) -> bool:
        """Whether no query on the table has to end first."""
        return self.found.types == self.wanted.types and self.found.key == self.wanted.key


def mirror_release(data: Path, target: Target, *, memory_bytes: int) -> Mirrored:
    """Send the release that readers of files see; nobody changes it or removes it meanwhile.

    Raises:
        PublishError: there is none of the kind, or the server refuses; then nothing has changed.
    """
    releases = Releases(data / "serve")
    number = releases.current() or 0
    name = DATABASES[0 if target.is_full else 1]
    path = releases.folder(number) / name
    if not path.exists():
        raise PublishError(
            f"{path}: expected a release to send, found none; make a masked one by setting "
            "MX_MASK_KEY, or send the one with personal data by: ingest publish --full"
        )
    recipe = str(releases.facts(number).get("recipe", ""))
    done = Mirrored(server=target.name, release=number, is_masked=not target.is_full)
    with scratch_folder(data) as scratch, open_server(target) as server:
        state = take_state(server, is_masked=done.is_masked)
        before = releases.folder(state.release or 0) / name
        with (
            _reading(path),
            open_release(path, before=before, scratch=scratch, memory_bytes=memory_bytes) as opened,
        ):
            work = _Work(server=server, database=opened, state=state, scratch=scratch, done=done)
            _send(work, is_new=(state.release, state.recipe) != (number, recipe))
        note_release(server, number, recipe=recipe, is_masked=done.is_masked)
        let_read(server, target.reader)
    return done


def rewrite_tables(target: Target) -> int:
    """Write every table of the publishes anew, without the bytes of deleted rows; count them.

    Readers of a table wait meanwhile. The server keeps samples of values as statistics, too; it
    leaves those as they are, with a warning, for a role that does not own the database.
    Source: https://www.postgresql.org/docs/current/sql-vacuum.html

    Raises:
        PublishError: the server refuses; some tables may be done.
    """
    with open_server(target, is_one=False) as server:
        places = rows(server, f"select schema_name, table_name from {TABLES}")
        for place in places:
            run(server, f"vacuum (full, analyze) {quoted(*place)}")
        run(server, "vacuum (full) pg_catalog.pg_statistic")
    return len(places)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise PublishError(f"expected to read {path}, found {first_line(error)}") from error


def _send(work: _Work, *, is_new: bool) -> None:
    """Change what differs, last of all the tables whose readers have to end first."""
    tables = list_tables(work.database, read_catalogue())
    places = {place_of(table): table for table in tables}
    schemas = sorted({schema for schema, _ in places})
    make_schemas(work.server, schemas)
    shapes = read_shapes(work.server, schemas)
    work.done.tables = len(tables)
    found = [
        _compare(work, table, shapes.get(place, NEW))
        for place, table in places.items()
        if is_new or place not in shapes
    ]
    changes = [change for change in found if change]
    for change in sorted(changes, key=lambda change: not change.is_slight):
        _apply(work, change)
    for place in sorted(work.state.tables.keys() - places.keys()):
        run(work.server, f"drop table if exists {quoted(*place)}")
        work.done.changed_tables.append(".".join(place))
        forget_table(work.server, place)


def _compare(work: _Work, table: Table, found: Shape) -> _Change | None:
    """Compare a table with what was sent of it.

    Raises:
        PublishError: a table of that name is there, and no publish made it.
    """
    before = work.state.tables.get(place_of(table))
    if found.types and not before:
        raise PublishError(
            f"expected no other table of the name {'.'.join(place_of(table))}, found one; rename it"
        )
    content = read_content(work.database, table, table.source)
    has_key = bool(found.key) if before == content else is_primary(work.database, table)
    wanted = wanted_shape(table, is_primary=has_key)
    if before == content and found == wanted:
        return None
    return _Change(table=table, found=found, wanted=wanted, before=before, content=content)


def _apply(work: _Work, change: _Change) -> None:
    table, place, described = change.table, place_of(change.table), change.found
    if change.found.types and can_stay(change.found, change.wanted):
        change_columns(work.server, place, change.found, change.wanted)
        if change.before and change.before != change.content:
            change_rows(work.server, work.database, table, change.before, change.content, work.done)
    else:
        described = NEW
        _make(work, change)
    describe(work.server, place, described, change.wanted)
    note_table(work.server, place, change.content, release=work.done.release)


def _make(work: _Work, change: _Change) -> None:
    """Make a table that is new, or whose columns have other types now."""
    place = place_of(change.table)
    if change.found.types:
        make_anew(work.server, place, change.found, change.wanted, scratch=work.scratch)
        work.done.rows_deleted += run(work.server, f"delete from {quoted(*place)}")
    else:
        make_table(work.server, place, change.wanted)
    copy_all(work.server, work.database, change.table, work.done)
    make_indexes(work.server, change.table, change.wanted)
