"""What is to be run, as dbt's manifest says: nodes in their order, macros, variables."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

Node = dict[str, Any]

KEPT: Final = (
    "alias",
    "columns",
    "compiled_code",
    "config",
    "database",
    "depends_on",
    "fqn",
    "name",
    "raw_code",
    "refs",
    "resource_type",
    "schema",
    "tags",
    "test_metadata",
    "unique_id",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A parsed project."""

    nodes: dict[str, Node]
    """Models, tests and hooks by their ids, each after what it depends on."""
    sources: dict[str, dict[str, str]]
    """Where a source's table lies, by "source.table"."""
    macros: dict[str, str]
    """The text of each macro; the project's own go before the adapter's, those before dbt's."""
    variables: dict[str, Any]

    def steps(self) -> list[Node]:
        return [node for node in self.nodes.values() if node["resource_type"] in ("model", "test")]

    def hooks(self, when: str) -> list[Node]:
        return [node for node in self.nodes.values() if when in node["tags"]]

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(**json.loads(text))


def make_plan(manifest: Mapping[str, Any], *, variables: Mapping[str, Any]) -> Plan:
    """Take from a manifest what a run needs.

    Raises:
        KeyError: it is no manifest as this version of dbt writes it.
    """
    packages = ("dbt", "dbt_duckdb", manifest["metadata"]["project_name"])
    macros = sorted(
        (macro for macro in manifest["macros"].values() if macro["package_name"] in packages),
        key=lambda macro: packages.index(macro["package_name"]),
    )
    return Plan(
        nodes={node["unique_id"]: _prune(node) for node in _in_order(manifest["nodes"])},
        sources={
            f"{source['source_name']}.{source['name']}": {
                key: source[key] for key in ("database", "schema", "identifier")
            }
            for source in manifest["sources"].values()
        },
        macros={macro["name"]: macro["macro_sql"] for macro in macros},
        variables=dict(variables),
    )


def _in_order(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """Give each node after those it depends on, tests as soon as that is so, as dbt builds them."""
    waiting = sorted(nodes.values(), key=lambda node: node["resource_type"] != "test")
    waits_for = {
        node["unique_id"]: nodes.keys() & {*node["depends_on"]["nodes"]} for node in waiting
    }
    done: set[str] = set()
    while waiting:
        node = next(each for each in waiting if waits_for[each["unique_id"]] <= done)
        waiting.remove(node)
        done.add(node["unique_id"])
        yield node


def _prune(node: Node) -> Node:
    columns = {
        key: {"name": column["name"], "data_type": column["data_type"]}
        for key, column in node["columns"].items()
    }
    return {key: node[key] for key in KEPT if key in node} | {"columns": columns}
