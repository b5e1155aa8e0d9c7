"""The YAML of a resource's models. The YAML of its staging model alone describes its fields."""

from string import Template
from typing import Final

from ingest.warehouse.models.catalogue import OF_ROW, OURS, Catalogue, Column
from ingest.warehouse.models.lean import has_lean_view, lean_fields
from ingest.warehouse.models.resources import Field, Resource
from ingest.warehouse.models.yaml_text import as_yaml

FROM: Final = "# written by `just models` from staging/stg_{}.yml\n"
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
    "marts": Template("""\
  - name: ${resource}_lean
    config: {meta: {stays_view: true}}
    description: >
      One row per row of main.$resource, for people who look: without the columns that say who set
      another (_set_by), without the values before edits (feed_), and with days and names. A new
      field of MX's is in main alone until the YAML of the staging model has it.
"""),
}
HIDES: Final = Template("""\
    data_tests:
      - hides_what_is_owned:
          arguments: {owners: $owners}
""")


def render_yaml(resource: Resource, catalogue: Catalogue) -> dict[str, str]:
    """Give the YAML of each model of a resource, by its path in the folder of models."""
    layers = [*resource.layers, *(["marts"] if has_lean_view(resource) else [])]
    return {
        f"{layer}/{_model_name(resource, layer)}.yml": _render(resource, layer, catalogue)
        for layer in layers
    }


def _model_name(resource: Resource, layer: str) -> str:
    forms = {"staging": "stg_{}", "current": "{}", "marts": "{}_lean"}
    return forms.get(layer, f"{layer}_{{}}").format(resource.name)


def _render(resource: Resource, layer: str, catalogue: Catalogue) -> str:
    fields = lean_fields(resource) if layer == "marts" else resource.fields
    if layer != "staging":
        fields = [_without_type(each) for each in fields]
    columns = [*fields, *_our_fields(layer, catalogue)]
    lines = "".join(f"      - {as_yaml(each)}\n" for each in columns)
    mark = "" if layer == "staging" else FROM.format(resource.name)
    return f"{mark}models:\n{_head(resource, layer)}    columns:\n{lines}"


def _head(resource: Resource, layer: str) -> str:
    owners = {"owners": resource.owners} if resource.owners else {}
    head = MODELS[layer].substitute(
        resource=as_yaml(resource.name) if layer == "current" else resource.name,
        row=resource.row,
        live=resource.row.partition(" ")[2] if resource.is_log else f"live key of {resource.row}",
        config=as_yaml({"meta": {"row": resource.row, **owners}}),
    )
    is_checked = layer == "current" and resource.owners and resource.has_keys
    return head + (HIDES.substitute(owners=as_yaml(resource.owners)) if is_checked else "")


def _our_fields(layer: str, catalogue: Catalogue) -> list[Field]:
    """Describe the columns of a layer's tables that are none of the feed's."""
    lineage = catalogue.lineage()
    if layer in ("current", "marts"):
        lineage = {name: lineage[name] for name in OF_ROW}
    elif layer != "staging":
        lineage = {name: each for name, each in lineage.items() if name != "_resource"}
    return [_field(name, each) for name, each in (lineage | OURS.get(layer, {})).items()]


def _without_type(field: Field) -> Field:
    """Leave the type out: that of a table follows what has landed."""
    return {key: value for key, value in field.items() if key != "data_type"}


def _field(name: str, column: Column) -> Field:
    privacy = {"config": {"meta": {"privacy": str(column.privacy)}}}
    return {"name": name, **privacy, "description": column.description}
