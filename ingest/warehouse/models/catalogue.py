"""The tables and columns that dbt's YAML describes: what they hold, and who may see it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.yaml_text import read_yaml

LINEAGE: Final = ("landing", "every_resource")
HISTORY: Final = "history"
RESOURCES: Final = {"main", HISTORY}
"""The schemas whose tables are resources: each column has the class of its staging model's."""
OF_ROW: Final = ("_client_guid", "_snapshot_date", "_source_file", "_row_number")
"""The lineage columns of each table of `main`."""
MADE_BY_DBT: Final = ("models", "seeds", "snapshots")
"""Keys of dbt's YAML, and the folders where it lies."""


class Privacy(StrEnum):
    """Who may see a column: everyone, everyone as a keyed hash, or those alone who may see all."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that nobody has described is sensitive until someone classes it."""

    description: str = ""
    privacy: Privacy | None = None

    @property
    def is_masked(self) -> bool:
        return self.privacy is Privacy.PERSONAL

    @property
    def is_hidden(self) -> bool:
        return self.privacy not in (Privacy.NONE, Privacy.PERSONAL)


OURS: Final = {
    "staging": {
        "_event_misfits": Column(
            "Columns whose landed value did not fit its type, each with the form of that value; "
            "ops.misfits counts them",
            Privacy.NONE,
        )
    },
    "state": {
        "_snapshot_date_deleted": Column("Day of the latest delete", Privacy.NONE),
        "_row_number_deleted": Column("Place of that delete in its file, from 0", Privacy.NONE),
        "_source_file_deleted": Column("Daily file that brought that delete", Privacy.NONE),
        "_event_is_live": Column(
            "The key is live by its own events; an owner may hide it", Privacy.NONE
        ),
        "_event_is_disordered": Column(
            "An earlier event has a higher revision or a later updated_at", Privacy.NONE
        ),
    },
    HISTORY: {
        "_version": Column("Number of the version of its key, from 1", Privacy.NONE),
        "valid_from": Column("First day at whose end the version held", Privacy.NONE),
        "valid_to": Column(
            "Day of the key's next event, at whose end it no longer held; null while there is none",
            Privacy.NONE,
        ),
        "is_current": Column("No later event of the key is known", Privacy.NONE),
    },
}
"""The columns that a layer's tables have beside those of the landed rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its columns by their names in lower case."""

    description: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Which resource each of some columns names an owner in."""
    key: tuple[str, ...] = ()
    """The columns of which no two rows have the same values."""
    stays_view: bool = False
    """A release has it as a view, too, instead of a table with the view's rows."""

    def column(self, name: str) -> Column:
        return self.columns.get(name.lower(), Column())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every table that is described, by the folder of its model and its name."""

    described: dict[tuple[str, str], Table]
    made_by: dict[str, Table]
    """The same by the full name of the model, seed or snapshot."""

    def table(self, schema: str, name: str, model: str = "") -> Table:
        """Say what is known of a table; of a resource that nobody knows, its lineage alone.

        Args:
            model: what makes it. An analyst's model may have another folder than schema.
        """
        found = self.made_by.get(model) if model else self.described.get((schema, name))
        table = found or Table()
        if schema not in RESOURCES:
            return table
        staged = self._columns("staging", f"stg_{name}")
        columns = table.columns | self.lineage() | OURS.get(schema, {}) | staged
        return Table(table.description, columns, table.owners)

    def lineage(self) -> dict[str, Column]:
        """Give the columns that each landed row has beside its resource's own fields."""
        return self._columns(*LINEAGE)

    def staged_fields(self) -> dict[str, set[str]]:
        """Give the fields of every resource that has a model."""
        return {
            name.removeprefix("stg_"): set(table.columns)
            for (schema, name), table in self.described.items()
            if schema == "staging"
        }

    def owners(self, resource: str) -> dict[str, str]:
        """Say which columns of a resource name its owners; a user may own any without a model."""
        table = self.described.get(("staging", f"stg_{resource}"))
        return table.owners if table else {"user_guid": "users"}

    def all_owners(self, resource: str) -> set[str]:
        """Give the owners of a resource, and theirs."""
        owners = set(self.owners(resource).values())
        return owners.union(*(self.all_owners(owner) for owner in owners))

    def _columns(self, schema: str, name: str) -> dict[str, Column]:
        return self.described.get((schema, name), Table()).columns


def read_catalogue(project: Path = PROJECT) -> Catalogue:
    """Read the YAML of every model, seed, snapshot and source."""
    described, made_by = {}, {}
    for path in sorted(path for name in MADE_BY_DBT for path in (project / name).rglob("*.y*ml")):
        content = read_yaml(path.read_text(encoding="utf-8"))
        for entry in (entry for kind in MADE_BY_DBT for entry in content.get(kind, ())):
            made_by[entry["name"]] = table = _table(entry)
            described[_relation(entry["name"], folder=path.parent.name)] = table
        for source in content.get("sources", ()):
            schema = source.get("schema", source["name"])
            described |= {(schema, entry["name"]): _table(entry) for entry in source["tables"]}
    return Catalogue(described, made_by)


def _relation(model: str, *, folder: str) -> tuple[str, str]:
    """Give the schema and name of what a model of ours makes, as macros name them."""
    return ("main", model) if folder == "current" else (folder, model.removeprefix(f"{folder}_"))


def _table(entry: dict[str, Any]) -> Table:
    is_staging = entry["name"].startswith("stg_")
    columns = {
        column["name"].lower(): Column(_text(column), _privacy(column))
        for column in entry.get("columns", ())
        # of a staging model these are the feed's fields, which have a type
        if not is_staging or "data_type" in column
    }
    meta = _meta(entry)
    return Table(
        _text(entry), columns, meta.get("owners", {}), _key(entry), meta.get("stays_view", False)
    )


def _key(entry: dict[str, Any]) -> tuple[str, ...]:
    """Read the columns of the test `is_unique`."""
    tests = (test for test in entry.get("data_tests", ()) if isinstance(test, dict))
    found = [test["is_unique"]["arguments"]["columns"] for test in tests if "is_unique" in test]
    return tuple(found[0]) if found else ()


def _text(entry: dict[str, Any]) -> str:
    return " ".join(str(entry.get("description", "")).split())


def _privacy(column: dict[str, Any]) -> Privacy | None:
    found = _meta(column).get("privacy")
    return Privacy(found) if found else None


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = entry.get("config", {}).get("meta", {})
    return meta
