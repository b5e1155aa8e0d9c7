"""Run a plan from its first hook to its last."""

import time
from types import SimpleNamespace
from typing import Any

from ingest.models.adapter import Cursor
from ingest.models.context import Project
from ingest.models.plan import Node, Plan


def run_plan(plan: Plan, connection: Cursor) -> list[Any]:
    project = Project(plan, connection)
    results: list[Any] = []
    for hook in plan.hooks("on-run-start"):
        _run_hook(project, hook, results)
    for node in plan.steps():
        t = time.monotonic()
        results.append(_run_node(project, node))
        results[-1].seconds = time.monotonic() - t
    for hook in plan.hooks("on-run-end"):
        _run_hook(project, hook, results)
    return results


def _run_hook(project: Project, hook: Node, results: list[Any]) -> None:
    project.see(hook, results=results)
    text = project.render(hook["raw_code"])
    if text.strip():
        project.adapter.add_query(text, auto_begin=False)


def _run_node(project: Project, node: Node) -> Any:
    project.see(node)
    if node["resource_type"] == "test":
        text = node["compiled_code"] if "test_metadata" in node else project.render(node["raw_code"])
        config = node["config"]
        _, cursor = project.adapter.add_query(f"select {config['fail_calc']} from ({text})", auto_begin=False)
        [(failures,)] = cursor.fetchall()
        status = "pass" if not failures else config["severity"].lower().replace("error", "fail")
        return SimpleNamespace(status=status, node=SimpleNamespace(**node), failures=failures)
    project.context["sql"] = project.render(node["raw_code"])
    project._made.clear()
    made = project.call(f"materialization_{node['config']['materialized']}_default")
    for relation in made["relations"]:
        project.adapter.cache_added(relation)
    return SimpleNamespace(status="success", node=SimpleNamespace(**node), failures=0)
