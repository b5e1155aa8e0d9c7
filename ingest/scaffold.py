"""Write the permanent models of a resource that has landed and has none: `ingest scaffold`.

A new resource is queried without them; with them its columns have descriptions and its owners stand
in the graph. They are written in the likeness of a resource that is there, so there is one form.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from ingest.avro.schema import LINEAGE
from ingest.errors import UnknownNameError
from ingest.warehouse import open_warehouse

KEYED, LOG = "devices", "analytics_events"
"""Whose form is taken: that of a resource which belongs to users, or that of a log."""

UNCLASSED = "config: {meta: {privacy: sensitive}}"
"""What a column is until someone has looked at it: not in the masked release."""

_OWNERS = re.compile(r"\n +owners=\{.*?\},?(?=\n)", re.DOTALL)
_LOG_TEST = """\
    data_tests:
      - is_unique:
          arguments: {columns: [_source_file, _row_number]}
"""
"""The tests of all tables want keys, which such a log does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A resource as staging shows it: its columns in order, with their types."""

    name: str
    columns: dict[str, str]

    @property
    def is_log(self) -> bool:
        return "guid" not in self.columns

    @property
    def likeness(self) -> str:
        return LOG if self.is_log else KEYED


def read_new_resource(name: str, *, warehouse: Path) -> NewResource:
    """Look a resource up that has landed and has no models.

    Raises:
        UnknownNameError: there is none of that name in the warehouse.
    """
    with open_warehouse(warehouse) as connection:
        new = connection.execute("select resource from ops.new_resources order by 1").fetchall()
        names = [row[0] for row in new]
        if name not in names:
            raise UnknownNameError(
                f"{name}: expected a resource that landed and has no models yet "
                f"({', '.join(names) or 'there is none'}), found no such one"
            )
        described = connection.execute(f'describe staging."stg_{name}"').fetchall()
    columns = {row[0]: _yaml_type(row[1]) for row in described if not _is_lineage(row[0])}
    return NewResource(name=name, columns=columns)


def write_models(resource: NewResource, *, project: Path) -> list[Path]:
    """Write a resource's models and add it to the lists that name every resource.

    Returns:
        The files that are new or have changed, to be reviewed and committed.
    """
    models = project / "models"
    yaml = models / "staging" / f"stg_{resource.name}.yml"
    yaml.write_text(_staging_yaml(resource))
    written = [yaml]
    for like in sorted(models.rglob(f"*{resource.likeness}.sql")):
        path = like.with_name(like.name.replace(resource.likeness, resource.name))
        path.write_text(_in_likeness(like.read_text(), resource))
        written.append(path)
    described = [*models.rglob("_*__models.yml"), *models.rglob("_*__sources.yml")]
    for path in sorted([project / "dbt_project.yml", *described]):
        before = path.read_text()
        add = _with_listed_name if path.parent == project else _with_described_tables
        after = add(before, resource)
        if after != before:
            path.write_text(after)
            written.append(path)
    return written


def _staging_yaml(resource: NewResource) -> str:
    columns = "\n".join(
        f"      - {{name: {name}, data_type: '{kind}', {UNCLASSED}, description: ''}}"
        for name, kind in resource.columns.items()
    )
    return (
        "models:\n"
        f"  - name: stg_{resource.name}\n"
        f"    description: One row per landed event of {_spoken(resource.name)}, typed.\n"
        f"    columns:\n{columns}\n"
    )


def _in_likeness(text: str, resource: NewResource) -> str:
    if resource.is_log and "current(" in text:
        return f"{{{{ log_rows(ref('stg_{resource.name}')) }}}}\n"
    named = text.replace(resource.likeness, resource.name)
    return named if "user_guid" in resource.columns else _OWNERS.sub("", named)


def _with_listed_name(text: str, resource: NewResource) -> str:
    """Add the name to the list of those that are looked at together."""
    names = "logs_without_keys" if resource.is_log else "keyed_resources"
    return re.sub(rf"\b{names}:(?: \[\])?\n", f"{names}:\n    - {resource.name}\n", text, count=1)


def _with_described_tables(text: str, resource: NewResource) -> str:
    """Add an entry, of a model or a source, after that of the resource whose form is taken."""
    like = resource.likeness
    entry = re.search(
        rf"  - name: (?:[a-z]+_)?{like}\n(?:    .*\n| *\n)*|      - {{name: {like}, .*\n", text
    )
    if entry is None:
        return text
    added = entry[0].replace(_spoken(like), _spoken(resource.name)).replace(like, resource.name)
    if resource.is_log:
        added += _LOG_TEST
    return text.replace(entry[0], entry[0] + added, 1)


def _spoken(name: str) -> str:
    singular = name.removesuffix("s").replace("_", " ")
    return f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"


def _yaml_type(kind: str) -> str:
    return kind.lower().replace("timestamp with time zone", "timestamptz").replace("'", "''")


def _is_lineage(name: str) -> bool:
    return name.startswith(tuple(LINEAGE))
