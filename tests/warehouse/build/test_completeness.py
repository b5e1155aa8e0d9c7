"""A node follows from a resource, or from the ledger, through all of its parents."""

from ingest.warehouse.build.completeness import Node, Run

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
