"""The tables of a release, as they go to PostgreSQL: their keys, rows and differences."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from ingest.warehouse.database import Database, current_catalog, literal, open_to_read, quoted
from ingest.warehouse.models.catalogue import HISTORY, RESOURCES, Catalogue
from ingest.warehouse.publish.postgres.columns import Column

BEFORE: Final = "release_before"
GONE, CAME = "mx_gone", "mx_came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a release."""

    schema: str
    name: str
    comment: str
    columns: list[Column]
    key: list[str]
    """The columns that find a row; none where the table is not known to have such."""
    owners: list[str]
    """The columns that name the rows' owners."""

    @property
    def place(self) -> tuple[str, str]:
        return self.schema, self.name

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def source(self) -> str:
        """Its name in DuckDB's SQL."""
        return quoted(*self.place)

    @property
    def is_resource(self) -> bool:
        return self.schema in RESOURCES

    @property
    def selected(self) -> str:
        return ", ".join(quoted(column.name) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows, and the sum of their hashes: equal sums say that the rows are equal."""

    rows: int
    digest: int

    def __add__(self, other: Self) -> "Content":
        return Content(self.rows + other.rows, self.digest + other.digest)


@contextmanager
def open_release(
    path: Path, *, before: Path, scratch: Path, memory_bytes: int
) -> Iterator[Database]:
    """Open a database of a release, and the one to compare it with as `release_before`.

    Args:
        before: need not exist.
        scratch: where DuckDB spills what does not fit into memory.

    Raises:
        DatabaseError: one of them cannot be read.
    """
    with open_to_read(path) as database:
        database.execute(f"set memory_limit = '{memory_bytes}B'")
        database.execute(f"set temp_directory = {literal(scratch / 'spilled')}")
        database.execute("set preserve_insertion_order = false")
        if before.exists():
            database.execute(f"attach {literal(before)} as {BEFORE} (read_only)")
        yield database


def list_tables(database: Database, catalogue: Catalogue) -> list[Table]:
    """List the tables and views of the release, in the order of their names."""
    catalog = current_catalog(database)
    query = """
        select schema_name, table_name, coalesce(comment, '')
        from duckdb_tables() where database_name = $1 and not temporary
        union all
        select schema_name, view_name, coalesce(comment, '')
        from duckdb_views() where database_name = $1 and not temporary and not internal
        order by all
    """
    found = database.execute(query, [catalog]).fetchall()
    columns = _read_columns(database, catalog)
    return [
        Table(
            schema=schema,
            name=name,
            comment=comment,
            columns=columns[schema, name],
            key=_find_key(catalogue, schema, name, columns[schema, name]),
            owners=_find_owners(catalogue, schema, name, columns[schema, name]),
        )
        for schema, name, comment in found
    ]


def _read_columns(database: Database, catalog: str) -> dict[tuple[str, str], list[Column]]:
    query = """
        select schema_name, table_name, column_name, data_type, coalesce(comment, '')
        from duckdb_columns() where database_name = $1
        order by schema_name, table_name, column_index
    """
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, name, kind, comment in database.execute(query, [catalog]).fetchall():
        column = Column(name=name, kind=kind, comment=comment)
        columns.setdefault((schema, table), []).append(column)
    return columns


def _find_key(catalogue: Catalogue, schema: str, name: str, columns: list[Column]) -> list[str]:
    """Name the columns that find a row, the one that readers join by first."""
    names = [column.name for column in columns]
    if schema not in RESOURCES:
        key = list(catalogue.table(schema, name).key)
    elif "guid" not in names:
        key = ["_source_file", "_row_number"]
    else:
        key = ["guid", "_client_guid", *(["_version"] if schema == HISTORY else [])]
    return key if set(key) <= set(names) else []


def _find_owners(catalogue: Catalogue, schema: str, name: str, columns: list[Column]) -> list[str]:
    owners = catalogue.owners(name) if schema in RESOURCES else {}
    return [column.name for column in columns if column.name in owners]


def read_content(database: Database, table: Table, source: str) -> Content:
    """Count and hash the rows of a table, or of a part of it."""
    query = f"select count(*), coalesce(sum(hash({table.selected})), 0) from {source}"
    [(rows, digest)] = database.execute(query).fetchall()
    return Content(rows, int(digest))


def is_primary(database: Database, table: Table) -> bool:
    """Say whether the key finds one row, and is never null, as a primary key must."""
    if not (table.is_resource and table.key):
        return False
    key = ", ".join(map(quoted, table.key))
    no_null = " and ".join(f"{quoted(each)} is not null" for each in table.key)
    query = f"""
        select 1 from {table.source}
        group by {key} having count(*) > 1 or not ({no_null}) limit 1
    """
    return not database.execute(query).fetchall()


def count_misfits(database: Database, table: Table, source: str) -> int:
    """Count the values that PostgreSQL cannot hold."""
    conditions = ["false", *(column.misfit for column in table.columns if column.misfit)]
    counts = " + ".join(f"count(*) filter ({condition})" for condition in conditions)
    [(count,)] = database.execute(f"select {counts} from {source}").fetchall()
    return int(count)


def find_differences(
    database: Database, table: Table, *, before: Content, after: Content
) -> tuple[Content, Content] | None:
    """Put the rows that are gone and that came since the release before into two tables.

    Returns:
        How much is in each. None where the sums do not agree: the release before is not the one
        that was sent, or has equal rows, and then two sets of rows do not tell the difference.
    """
    new, old = table.source, quoted(BEFORE, *table.place)
    if not _is_alike(database, table):
        return None
    for name, kept, left_out in ((GONE, old, new), (CAME, new, old)):
        database.execute(
            f"create or replace temp table {name} as "
            f"select {table.selected} from {kept} except select {table.selected} from {left_out}"
        )
    gone, came = (read_content(database, table, name) for name in (GONE, CAME))
    return (gone, came) if before + came == after + gone else None


def _is_alike(database: Database, table: Table) -> bool:
    """Say whether the release before has the table with the same columns."""
    columns = _read_columns(database, BEFORE).get(table.place, [])
    return {(each.name, each.kind) for each in columns} == {
        (each.name, each.kind) for each in table.columns
    }
