"""Run a plan: the hooks before it, models and tests, the hooks after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.models.adapter import Database
from ingest.models.plan import Node, Plan
from ingest.models.project import Project


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a node, in the words of dbt's that hooks know."""

    node: Node
    status: str
    """success, pass, warn or fail."""
    failures: int = 0
    """Rows that a test has found."""


def run_plan(plan: Plan, database: Database, *, kept: Path) -> Iterator[Result]:
    """Build and test a warehouse, with a result for each node; hooks after it are run at the end.

    Args:
        kept: a folder in which templates stay compiled.

    Raises:
        duckdb.Error: a statement cannot be run.
        TemplateError: a template asks for what there is not.
    """
    project = Project(plan, database, kept=kept)
    _run_hooks(project, plan.hooks("on-run-start"), [])
    results: list[Result] = []
    for node in plan.steps():
        results.append(run_node(project, node))
        yield results[-1]
    _run_hooks(project, plan.hooks("on-run-end"), results)


def run_node(project: Project, node: Node) -> Result:
    """Build a model or run a test."""
    if node["resource_type"] == "test":
        return _run_test(project, node)
    project.see(node)
    made = project.call(f"materialization_{node['config']['materialized']}_default")
    for relation in made["relations"]:
        project.adapter.cache_added(relation)
    return Result(node, "success")


def _run_test(project: Project, node: Node) -> Result:
    config = node["config"]
    project.see(node)
    rows = node["compiled_code"] if "test_metadata" in node else project.render(node)
    limits = (config["fail_calc"], config["warn_if"], config["error_if"], config["limit"])
    [(failures, is_warning, is_error)] = project.adapter.ask(
        project.call("get_test_sql", rows, *limits)
    )
    if is_error and config["severity"].lower() == "error":
        return Result(node, "fail", failures)
    return Result(node, "warn" if is_warning else "pass", failures)


def _run_hooks(project: Project, hooks: list[Node], results: list[Result]) -> None:
    for hook in hooks:
        project.see(hook, results=results)
        statements = project.render(hook)
        if statements.strip():
            project.adapter.add_query(statements)
