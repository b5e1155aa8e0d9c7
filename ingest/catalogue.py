"""What dbt's YAML says of tables and their columns: what they hold, and who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from ingest.dbt import PROJECT

LINEAGE: Final = ("landing", "every_resource")
HISTORY: Final = "history"
RESOURCES: Final = {"main", HISTORY}
"""The schemas whose tables are resources, with the columns of their staging models."""


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


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its columns by their names in lower case."""

    description: str = ""
    columns: dict[str, Column] = field(default_factory=dict)
    is_published: bool = False

    def column(self, name: str) -> Column:
        return self.columns.get(name.lower(), Column())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every table that is described, by the folder of its model and its name."""

    described: dict[tuple[str, str], Table]

    def table(self, schema: str, name: str) -> Table:
        """Say what is known of a table; of a resource that nobody knows, its lineage alone."""
        table = self.described.get((schema, name), Table())
        if schema not in RESOURCES:
            return table
        lineage, staged = self._columns(*LINEAGE), self._columns("staging", f"stg_{name}")
        # every version has the columns of every other one
        versions = self._columns(HISTORY, "users") if schema == HISTORY else {}
        return Table(table.description, lineage | versions | staged, is_published=True)

    def staged_fields(self) -> dict[str, set[str]]:
        """Give the fields of every resource that has a model."""
        return {
            name.removeprefix("stg_"): set(table.columns)
            for (schema, name), table in self.described.items()
            if schema == "staging"
        }

    def _columns(self, schema: str, name: str) -> dict[str, Column]:
        return self.described.get((schema, name), Table()).columns


def read_catalogue(project: Path = PROJECT) -> Catalogue:
    """Read the YAML of every model and source."""
    described = {}
    for path in sorted((project / "models").rglob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for schema, entry in _entries(content, folder=path.parent.name):
            described[schema, entry["name"]] = _table(entry)
    return Catalogue(described)


def _entries(content: dict[str, Any], *, folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each table with its schema: that of a source, or that of the folder of its model."""
    for model in content.get("models", ()):
        yield {"current": "main"}.get(folder, folder), model
    for source in content.get("sources", ()):
        for table in source["tables"]:
            yield source.get("schema", source["name"]), table


def _table(entry: dict[str, Any]) -> Table:
    columns = {
        column["name"].lower(): Column(_text(column), _privacy(column))
        for column in entry.get("columns", ())
    }
    return Table(_text(entry), columns, is_published=bool(_meta(entry).get("is_published")))


def _text(entry: dict[str, Any]) -> str:
    return " ".join(str(entry.get("description", "")).split())


def _privacy(column: dict[str, Any]) -> Privacy | None:
    found = _meta(column).get("privacy")
    return Privacy(found) if found else None


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = entry.get("config", {}).get("meta", {})
    return meta
