"""Write the permanent models of a resource that has landed and has none: `ingest scaffold`.

A new resource is queried without them; with them its columns have descriptions and its owners are
in the graph. Its SQL comes from the template of all models.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.errors import UnknownNameError
from ingest.warehouse.database import open_warehouse
from ingest.warehouse.models.catalogue import read_yaml
from ingest.warehouse.models.templates import Resource, render_models

COLUMNS: Final = """
    select column_name, column_type from ops.staged_columns where resource = ? order by ordinal
"""
UNCLASSED: Final = "config: {meta: {privacy: sensitive}}"
"""What a column is until someone has looked at it: not in the masked release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A resource without models, and its columns in order, with their types."""

    resource: Resource
    columns: dict[str, str]


def read_new_resource(name: str, *, warehouse: Path) -> NewResource:
    """Look a resource up that has landed and has no models. Without a guid it is a log.

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
        columns = dict(connection.execute(COLUMNS, [name]).fetchall())
    fields = {column.lower() for column in columns}
    has_keys = "guid" in fields
    owners = {"user_guid": "users"} if "user_guid" in fields else {}
    resource = Resource(name=name, is_log=not has_keys, has_keys=has_keys, owners=owners)
    return NewResource(resource=resource, columns=columns)


def add_models(new: NewResource, *, project: Path) -> list[Path]:
    """Write a resource's models, describe them, and add it to the list of its kind.

    Returns:
        The files that are new or have changed, to be reviewed and committed.

    Raises:
        UnknownNameError: the project has a model of one of their names; then nothing is written.
    """
    models, resource = project / "models", new.resource
    sql = {models / inner: text for inner, text in render_models(resource).items()}
    names = {path.stem for path in sql}
    if found := sorted(path for path in models.rglob("*.sql") if path.stem in names):
        raise UnknownNameError(
            f"{resource.name}: expected a resource that has no models yet, found {found[0]}"
        )
    described = {models / f"staging/stg_{resource.name}.yml": _staging_yaml(new)}
    for inner, entry in _entries(resource).items():
        described[models / inner] = (models / inner).read_text(encoding="utf-8") + entry
    listed = project / "dbt_project.yml"
    listing = _with_name(listed.read_text(encoding="utf-8"), resource)
    written = sql | described | {listed: listing}
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return sorted(written)


def _staging_yaml(new: NewResource) -> str:
    name = new.resource.name
    columns = "".join(
        f"      - {{name: {_as_yaml(column)}, data_type: '{kind}', {UNCLASSED}, description: ''}}\n"
        for column, kind in new.columns.items()
    )
    return (
        "models:\n"
        f"  - name: stg_{name}\n"
        f"    description: One row per landed event of {_with_article(name)}, typed.\n"
        f"    columns:\n{columns}"
    )


def _entries(resource: Resource) -> dict[str, str]:
    """Describe a resource's models beside the others', by the file that does so."""
    entries = {"current/_current__models.yml": _current_entry(resource)}
    if not resource.is_log:
        entries["state/_state__models.yml"] = (
            f"  - name: state_{resource.name}\n"
            f"    description: One row per key of {_with_article(resource.name)} "
            "that was ever seen, deleted ones included.\n"
            "    data_tests:\n"
            "      - follows_its_events:\n"
            f"          arguments: {{events: ref('stg_{resource.name}')}}\n"
        )
        entries["history/_history__models.yml"] = (
            f"  - name: history_{resource.name}\n"
            "    description: One row per version of a key; valid_to is the day of its next event\n"
            "    columns: *versions\n"
            "    data_tests: [versions_meet]\n"
        )
    return entries


def _current_entry(resource: Resource) -> str:
    """Describe what readers see. The rows of a log without keys are not hidden."""
    row = _singular(resource.name)
    if not resource.is_log:
        row = f"live key of {_with_article(resource.name)}"
    entry = f"  - name: {_as_yaml(resource.name)}\n    description: One row per {row}.\n"
    if resource.owners:
        owners = ", ".join(f"{column}: {owner}" for column, owner in resource.owners.items())
        entry += f"    config: {{meta: {{owners: {{{owners}}}}}}}\n"
        if resource.has_keys:
            entry += (
                "    data_tests:\n"
                "      - hides_what_is_owned:\n"
                f"          arguments: {{owners: {{{owners}}}}}\n"
            )
    return entry


def _with_name(text: str, resource: Resource) -> str:
    """Add the name to the list of those that are looked at together, in its place."""
    lines = text.splitlines(keepends=True)
    entry = f"    - {_as_yaml(resource.name)}\n"
    place = lines.index("  logs:\n" if resource.is_log else "  keyed_resources:\n") + 1
    while lines[place].startswith("    - ") and lines[place] < entry:
        place += 1
    return "".join([*lines[:place], entry, *lines[place:]])


def _as_yaml(name: str) -> str:
    """Quote a name that YAML takes for another value, such as `on`."""
    return name if read_yaml(name) == name else f"'{name}'"


def _with_article(name: str) -> str:
    singular = _singular(name)
    return f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"


def _singular(name: str) -> str:
    return (name.removesuffix("s") or name).replace("_", " ")
