"""Write the permanent models of a resource that has landed and has none: `ingest scaffold`.

A new resource is queried without them; with them its columns have descriptions and its owners are
in the graph. Its SQL and YAML come from the template of all models.
"""

from pathlib import Path
from typing import Final

from ingest.errors import UnknownNameError
from ingest.warehouse.database import open_warehouse
from ingest.warehouse.models.catalogue import Privacy, read_catalogue
from ingest.warehouse.models.exposures import PATH, render_release
from ingest.warehouse.models.model_sql import render_models
from ingest.warehouse.models.resources import Field, Resource, read_resources
from ingest.warehouse.models.yaml_text import as_yaml

COLUMNS: Final = """
    select column_name, column_type from ops.staged_columns where resource = ? order by ordinal
"""


def read_new_resource(name: str, *, warehouse: Path) -> Resource:
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
    keys = {column.lower() for column in columns}
    return Resource(
        name=name,
        row=_with_article(name),
        is_log="guid" not in keys,
        has_keys="guid" in keys,
        fields=[_unclassed(column, kind) for column, kind in columns.items()],
        owners={"user_guid": "users"} if "user_guid" in keys else {},
    )


def _unclassed(column: str, kind: str) -> Field:
    """Describe a column that nobody has looked at: it is not in the masked release."""
    privacy = {"meta": {"privacy": Privacy.SENSITIVE.value}}
    return {"name": column, "data_type": kind, "config": privacy, "description": ""}


def add_models(new: Resource, *, project: Path) -> list[Path]:
    """Write a resource's models, describe them, and add it to the list of its kind.

    Returns:
        The files that are new or have changed, to be reviewed and committed.

    Raises:
        UnknownNameError: the project has a model of one of their names; then nothing is written.
    """
    models = project / "models"
    texts = render_models(new, read_catalogue(project))
    written = {models / inner: text for inner, text in texts.items()}
    names = {path.stem for path in written}
    if found := sorted(path for path in models.rglob("*.sql") if path.stem in names):
        raise UnknownNameError(
            f"{new.name}: expected a resource that has no models yet, found {found[0]}"
        )
    listed = project / "dbt_project.yml"
    written[listed] = _with_name(listed.read_text(encoding="utf-8"), new)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    release = project / PATH
    release.write_text(render_release(project, read_resources(project)), encoding="utf-8")
    return sorted([*written, release])


def _with_name(text: str, resource: Resource) -> str:
    """Add the name to the list of those that are looked at together, in its place."""
    lines = text.splitlines(keepends=True)
    entry = f"    - {as_yaml(resource.name)}\n"
    place = lines.index("  logs:\n" if resource.is_log else "  keyed_resources:\n") + 1
    while lines[place].startswith("    - ") and lines[place] < entry:
        place += 1
    return "".join([*lines[:place], entry, *lines[place:]])


def _with_article(name: str) -> str:
    singular = (name.removesuffix("s") or name).replace("_", " ")
    return f"{'an' if singular[0] in 'aeiou' else 'a'} {singular}"
