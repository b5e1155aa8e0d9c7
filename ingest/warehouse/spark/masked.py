"""Views for people who may not see names, as SQL for any catalogue of Spark.

The columns have the classes of the masked release.
"""

from collections.abc import Iterator
from typing import Final

from ingest.warehouse.models.catalogue import OF_ROW, Catalogue, Table

SCHEMAS: Final = ("main", "marts")
SUFFIX: Final = "_masked"


def masked_views(catalogue: Catalogue, *, hashed: str | None) -> Iterator[str]:
    """Write statements that make a view of each table of `main` and `marts`: `main_masked.users`.

    A sensitive column is absent, as is one that nobody has classed.

    Args:
        hashed: SQL that hashes a column, with {} where its text stands; without it personal columns
            are absent, too.
    """
    for schema in SCHEMAS:
        yield f"create schema if not exists {schema}{SUFFIX};"
    for (schema, name), table in sorted(catalogue.described.items(), key=lambda each: each[0]):
        if schema == "marts":
            yield _view(schema, name, table, list(table.columns), hashed)
        elif schema == "staging":
            resource = name.removeprefix("stg_")
            columns = [*table.columns, *OF_ROW]
            yield _view("main", resource, catalogue.table("main", resource), columns, hashed)


def _view(schema: str, name: str, table: Table, columns: list[str], hashed: str | None) -> str:
    shown = []
    for column in columns:
        quoted = f"`{column}`"
        if table.column(column).is_masked and hashed:
            shown.append(f"{hashed.replace('{}', f'cast({quoted} as string)')} as {quoted}")
        elif not table.column(column).is_masked and not table.column(column).is_hidden:
            shown.append(quoted)
    selected = ",\n    ".join(shown)
    return (
        f"create or replace view {schema}{SUFFIX}.`{name}` as\n"
        f"select\n    {selected}\nfrom {schema}.`{name}`;"
    )
