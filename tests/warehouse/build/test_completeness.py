"""A node follows from a resource, or from the ledger, through all of its parents."""

from typing import Any

from ingest.warehouse.build.completeness import Node, Run, read_run

PARENTS = {
    "ledger": [],
    "changed_files": ["ledger"],
    "stg_users": ["ledger", "changed_files"],
    "state_users": ["stg_users"],
    "users": ["state_users"],
    "stg_tags": ["ledger"],
    "tags": ["stg_tags", "users"],
    "daily_files": ["ledger"],
    "a_test_of_news": ["changed_files"],
}


def run(**results: str) -> Run:
    nodes = {
        name: Node(name=name, parents=parents, text="", runs=True, relation=None)
        for name, parents in PARENTS.items()
    }
    return Run(id="1", builds=True, results=results, nodes=nodes)


def test_what_reads_a_resource_follows_from_it() -> None:
    assert run().follows_from({"users"}) == ["stg_users", "state_users", "users", "tags"]
    assert run().follows_from({"tags"}) == ["stg_tags", "tags"]


def test_staging_follows_from_its_resource_and_not_from_the_ledger() -> None:
    assert run().follows_from({"ledger"}) == ["ledger", "daily_files"]


def test_nothing_follows_from_no_change() -> None:
    assert run().follows_from(set()) == []


def test_a_warning_is_no_failure() -> None:
    results = {"users": "success", "tags": "error", "a_test_of_news": "warn", "ledger": "skipped"}

    assert run(**results).failed == ["tags", "ledger"]


def graph_with(ephemeral_sql: str) -> dict[str, Any]:
    """A table that reads an ephemeral model, which reads another."""
    sql = {"first": ephemeral_sql, "second": "from first", "a_table": "from second", "other": "1"}
    parents = {"second": ["first"], "a_table": ["second", "source.mx.a"]}
    return {
        name: {
            "name": name,
            "resource_type": "model",
            "schema": "reports",
            "alias": name,
            "raw_code": text,
            "columns": {},
            "depends_on": {"nodes": parents.get(name, [])},
            "config": {
                "meta": {},
                "materialized": "ephemeral" if name in ("first", "second") else "table",
            },
        }
        for name, text in sql.items()
    }


def test_a_table_has_another_text_when_an_ephemeral_model_in_it_changes() -> None:
    before, after = (
        read_run({"id": "1", "builds": True, "results": [], "nodes": graph_with(sql)}).nodes
        for sql in ("select 1", "select 2")
    )

    changed = {name for name in before if before[name].text != after[name].text}
    assert changed == {"first", "second", "a_table"}
    assert {name for name in before if before[name].relation} == {"a_table", "other"}
