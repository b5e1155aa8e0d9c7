"""The YAML of a resource's models. The YAML of its staging model alone describes its fields."""

from string import Template
from typing import Any, Final

import yaml

from ingest.warehouse.models.catalogue import OURS, Catalogue, Column
from ingest.warehouse.models.resources import Field, Resource

FROM: Final = "# written by `just models` from staging/stg_{}.yml\n"
LEFT_OUT: Final = {
    "staging": frozenset(),
    "state": frozenset({"_resource"}),
    "history": frozenset({"_resource"}),
    "current": frozenset({"_resource", "_event", "_source_sha256"}),
}
"""The columns of a landed row that the tables of a layer do not have."""
MODELS: Final = {
    "staging": Template("""\
  - name: stg_$resource
    description: One row per landed event of $row, typed.
    config: $config
"""),
    "state": Template("""\
  - name: state_$resource
    description: One row per key of $row that was ever seen, deleted ones included.
    data_tests:
      - follows_its_events:
          arguments: {events: ref('stg_$resource')}
"""),
    "history": Template("""\
  - name: history_$resource
    description: One row per version of $row; valid_to is the day of the key's next event.
    data_tests: [versions_meet]
"""),
    "current": Template("""\
  - name: $resource
    description: One row per $live.
"""),
}
HIDES: Final = Template("""\
    data_tests:
      - hides_what_is_owned:
          arguments: {owners: $owners}
""")


def render_yaml(resource: Resource, catalogue: Catalogue) -> dict[str, str]:
    """Give the YAML of each model of a resource, by its path in the folder of models."""
    return {
        f"{layer}/{_model_name(resource, layer)}.yml": _render(resource, layer, catalogue)
        for layer in resource.layers
    }


def _model_name(resource: Resource, layer: str) -> str:
    prefix = {"staging": "stg_", "current": ""}.get(layer, f"{layer}_")
    return f"{prefix}{resource.name}"


def _render(resource: Resource, layer: str, catalogue: Catalogue) -> str:
    owners = {"owners": resource.owners} if resource.owners else {}
    head = MODELS[layer].substitute(
        resource=as_yaml(resource.name) if layer == "current" else resource.name,
        row=resource.row,
        live=resource.row.partition(" ")[2] if resource.is_log else f"live key of {resource.row}",
        config=as_yaml({"meta": {"row": resource.row, **owners}}),
    )
    if layer == "current" and resource.owners and resource.has_keys:
        head += HIDES.substitute(owners=as_yaml(resource.owners))
    fields = [each if layer == "staging" else _without_type(each) for each in resource.fields]
    ours = [
        _field(name, column)
        for name, column in (catalogue.lineage() | OURS.get(layer, {})).items()
        if name not in LEFT_OUT[layer]
    ]
    columns = "".join(f"      - {as_yaml(each)}\n" for each in [*fields, *ours])
    mark = "" if layer == "staging" else FROM.format(resource.name)
    return f"{mark}models:\n{head}    columns:\n{columns}"


def _without_type(field: Field) -> Field:
    """Leave the type out: that of a table follows what has landed."""
    return {key: value for key, value in field.items() if key != "data_type"}


def _field(name: str, column: Column) -> Field:
    privacy = {"config": {"meta": {"privacy": str(column.privacy)}}}
    return {"name": name, **privacy, "description": column.description}


def as_yaml(value: Any) -> str:
    """Write a value on one line, quoted where YAML would take it for another."""
    text: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=False, width=1 << 20
    )
    return text.removesuffix("\n").removesuffix("\n...")
