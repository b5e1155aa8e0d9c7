"""Decide whether a build is complete: nothing failed, and nothing that changed was left out.

A build may take several runs, of parts or after failures. `ops.passed_nodes` lists the models and
tests that passed and are up to date. Each has a hash of the text that passed.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from ingest.landing.stored_files import next_step_of
from ingest.warehouse.database import Database, NoSuchTable

GOOD: Final = {"success", "pass", "warn", "no-op"}
"""An exposure, which runs nothing, is a no-op."""
JUDGED: Final = {"model", "test", "seed", "snapshot"}
OURS_ALONE: Final = {"staging", "state", "ops"}
"""Schemas whose tables readers see only where a model's `meta` says so."""
LEDGER: Final = "ledger"
ABOUT_NEWS: Final = {"changed_files", "unreadable_files"}
"""Models that list changes: a model that reads one does not follow from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A model, test, seed or snapshot of the project."""

    name: str
    parents: list[str]
    text: str
    """A hash of its SQL and of what the project says of it."""
    runs: bool
    """An ephemeral model does not: dbt writes its SQL into that of its children."""
    relation: tuple[str, str, str] | None
    """Schema, name and model of what readers are to see of it; None for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of dbt and the project that it ran on."""

    id: str
    builds: bool
    """It has written; `dbt test` has not."""
    results: dict[str, str]
    """The status of each node that ran."""
    nodes: dict[str, Node]

    @property
    def failed(self) -> list[str]:
        return [node for node, status in self.results.items() if status not in GOOD]

    def follows_from(self, changed: set[str]) -> list[str]:
        """Give the nodes that follow from changed resources, or from the ledger."""
        seen: dict[str, set[str]] = {}
        return [node for node in self.nodes if self._sources(node, seen) & changed]

    def _sources(self, node: str, seen: dict[str, set[str]]) -> set[str]:
        """Name the resources that a node follows from, and the ledger."""
        if node not in self.nodes:
            return set()
        name = self.nodes[node].name
        if name.startswith("stg_"):
            return {name.removeprefix("stg_")}
        if name == LEDGER or name in ABOUT_NEWS:
            return {name} - ABOUT_NEWS
        if node not in seen:
            parents = (self._sources(parent, seen) for parent in self.nodes[node].parents)
            seen[node] = set().union(*parents)
        return seen[node]


def read_run(reported: dict[str, Any]) -> Run:
    """Read a run as the hook reports it, with dbt's results and the nodes of its graph."""
    graph = reported["nodes"]
    return Run(
        id=reported["id"],
        builds=reported["builds"],
        results={each.node.unique_id: str(each.status) for each in reported["results"]},
        nodes={
            id_: _read_node(node, graph)
            for id_, node in graph.items()
            if node["resource_type"] in JUDGED
        },
    )


def _read_node(node: dict[str, Any], graph: dict[str, Any]) -> Node:
    meta = node["config"]["meta"] or {}
    runs = _runs(node)
    is_table = runs and node["resource_type"] != "test"
    is_published = meta.get("is_published", node["schema"] not in OURS_ALONE) and is_table
    return Node(
        name=node["name"],
        parents=_parents(node),
        text=hashlib.sha256(repr(_says(node, graph)).encode()).hexdigest(),
        runs=runs,
        relation=(node["schema"], node["alias"], node["name"]) if is_published else None,
    )


def _says(node: dict[str, Any], graph: dict[str, Any]) -> list[Any]:
    """Give what the project says of a node, and of the ephemeral models in its SQL."""
    within = [graph[each] for each in _parents(node) if each in graph and not _runs(graph[each])]
    own = [node["raw_code"], node["config"], node["columns"]]
    return [*own, *(_says(each, graph) for each in within)]


def _parents(node: dict[str, Any]) -> list[str]:
    parents: list[str] = node.get("depends_on", {}).get("nodes", [])
    return parents


def _runs(node: dict[str, Any]) -> bool:
    return bool(node["config"]["materialized"] != "ephemeral")


def note_passed(database: Database, run: Run, *, basis: str) -> None:
    """Note which nodes passed, and forget those that were left out and follow from changes.

    Args:
        basis: a hash of what every node depends on, macros and programs.
    """
    changed = changed_resources(database) if run.builds else set()
    if any(run.nodes[node].name == LEDGER for node in run.results if node in run.nodes):
        changed.add(LEDGER)
    stale = run.follows_from(changed) if run.builds else []
    passed = [
        (node, f"{basis} {run.nodes[node].text}")
        for node, status in run.results.items()
        if status in GOOD and node in run.nodes
    ]
    database.execute(
        "delete from ops.passed_nodes where list_contains(?, node)", [[*stale, *run.results]]
    )
    if passed:
        database.executemany("insert into ops.passed_nodes values (?, ?)", passed)
    if run.failed:
        database.execute("delete from ops.finished")


def changed_resources(database: Database) -> set[str]:
    """Name the resources of which rows are to come or to go; none before anything was built."""
    query = "select distinct resource from ops.changed_files where record_count > 0"
    try:
        return {resource for (resource,) in database.execute(query).fetchall()}
    except NoSuchTable:
        return set()


def missing_nodes(database: Database, run: Run, *, basis: str) -> list[str]:
    """Name what has failed, has not passed as it is now, or has rows to come."""
    rows = database.execute("select node, text from ops.passed_nodes").fetchall()
    found: dict[str, str] = dict(rows)
    passed = {
        node
        for node, facts in run.nodes.items()
        if found.get(node) == f"{basis} {facts.text}" or not facts.runs
    }
    waiting = {f"stg_{resource}" for resource in changed_resources(database)}
    return [
        *run.failed,
        *(node for node in run.nodes if node not in passed and node not in run.failed),
        *(node for node, facts in run.nodes.items() if facts.name in waiting),
    ]


def note_finished(database: Database, run: Run, *, sources: str) -> None:
    """Note that the warehouse is complete, and which tables readers are to see."""
    new = database.execute("select resource from ops.new_resources").fetchall()
    relations = [
        *(node.relation for node in run.nodes.values() if node.relation),
        *((schema, resource, "") for (resource,) in new for schema in ("main", "history")),
    ]
    database.execute("begin")
    columns = "table_schema varchar, table_name varchar, model varchar"
    database.execute(f"create or replace table ops.published_relations ({columns})")
    database.executemany("insert into ops.published_relations values (?, ?, ?)", relations)
    database.execute("insert into ops.finished values (?, now(), ?)", [run.id, sources])
    database.execute("commit")


def list_unreadable_files(database: Database) -> list[str]:
    """Name each landed file that cannot be read, with the next step, a line each."""
    query = "select path, problem, file from ops.unreadable_files order by path"
    try:
        files = database.execute(query).fetchall()
    except NoSuchTable:
        return []
    return [
        f"{path}: expected a Parquet file that can be read, found {problem}; "
        + next_step_of(problem, file=file)
        for path, problem, file in files
    ]
