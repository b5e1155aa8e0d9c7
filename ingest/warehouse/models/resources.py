"""The resources that have models: what the templates of their SQL and YAML are filled in with."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ingest.warehouse.models.catalogue import read_catalogue
from ingest.warehouse.models.yaml_text import read_yaml

COUNTERS: Final = {"revision", "updated_at"}
Field = dict[str, Any]
"""A field as dbt's YAML has it: name, data_type, config, description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource, its fields and owners."""

    name: str
    row: str
    """What one row is, with its article: a tag."""
    is_log: bool
    has_keys: bool
    """Whether its catalogue columns have a guid."""
    fields: list[Field] = field(default_factory=list)
    is_owner: bool = False
    owners: dict[str, str] = field(default_factory=dict)
    """The resource of the owner that each of some columns names."""

    @property
    def counters(self) -> list[str]:
        """Its columns that should grow with each event of a key, and do not order events."""
        return sorted(COUNTERS.intersection(each["name"] for each in self.fields))

    @property
    def layers(self) -> list[str]:
        """The folders of its models, each with a model of its own form."""
        keyed = [] if self.is_log else ["state", "history"]
        return ["staging", *keyed, "current"]


def read_resources(project: Path) -> list[Resource]:
    """Read the resources that have models, their fields and their owners, from a project's YAML."""
    listed = read_yaml((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    catalogue, names = read_catalogue(project), [*listed["keyed_resources"], *listed["logs"]]
    owned = {owner for name in names for owner in catalogue.owners(name).values()}
    resources = []
    for name in names:
        path = project / "models" / "staging" / f"stg_{name}.yml"
        [model] = read_yaml(path.read_text(encoding="utf-8"))["models"]
        fields = [each for each in model["columns"] if "data_type" in each]
        resources.append(
            Resource(
                name=name,
                row=model["config"]["meta"]["row"],
                is_log=name in listed["logs"],
                has_keys=any(each["name"] == "guid" for each in fields),
                fields=fields,
                is_owner=name in owned,
                owners=catalogue.owners(name),
            )
        )
    return resources
