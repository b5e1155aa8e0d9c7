"""What dbt's manifest says is to be run: nodes in their order, macros, where tables lie."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Node = dict[str, Any]

KEPT: Final = {
    "alias", "columns", "compiled_code", "config", "database", "depends_on", "fqn", "name",
    "raw_code", "refs", "resource_type", "schema", "tags", "test_metadata", "unique_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """A parsed project."""

    nodes: dict[str, Node]
    """Models and tests, each after what it depends on, and the hooks of a run."""
    sources: dict[str, Node]
    macros: dict[str, str]
    """The text of each by its name; the project's own before the adapter's before dbt's."""
    variables: dict[str, Any]

    def hooks(self, when: str) -> list[Node]:
        return [node for node in self.nodes.values() if when in node["tags"]]

    def steps(self) -> list[Node]:
        return [node for node in self.nodes.values() if node["resource_type"] in ("model", "test")]


def make_plan(manifest: Mapping[str, Any], *, variables: dict[str, Any]) -> Plan:
    """Keep of a manifest what a run needs."""
    nodes = {
        node["unique_id"]: {key: value for key, value in node.items() if key in KEPT}
        for node in _in_order(manifest["nodes"])
    }
    sources = {
        name: {key: source[key] for key in ("database", "schema", "identifier")}
        for name, source in (
            (f"{source['source_name']}.{source['name']}", source)
            for source in manifest["sources"].values()
        )
    }
    packages = ["dbt", "dbt_duckdb", manifest["metadata"]["project_name"]]
    macros = {
        macro["name"]: macro["macro_sql"]
        for package in packages
        for macro in manifest["macros"].values()
        if macro["package_name"] == package
    }
    return Plan(nodes, sources, macros, variables)


def _in_order(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Give each node after those it depends on, tests as soon as that is so."""
    waiting = sorted(nodes.values(), key=lambda node: node["resource_type"] != "test")
    done: set[str] = set()
    while waiting:
        node = next(
            node
            for node in waiting
            if done.issuperset(set(node["depends_on"]["nodes"]) & nodes.keys())
        )
        waiting.remove(node)
        done.add(node["unique_id"])
        yield node
