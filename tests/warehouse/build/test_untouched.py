"""A build leaves out the models of resources that have no new rows, nor owners with new rows."""

from pathlib import Path

from ingest.warehouse.build.dbt_build import find_untouched_models
from ingest.warehouse.build.inputs import find_inputs
from ingest.warehouse.build.last_build import LastBuild


def left_out(data: Path, *touched: str, project: str | None = None) -> set[str]:
    """Name the models that a build leaves out when these resources have new rows."""
    changed = [{"resource": resource} for resource in touched]
    sources = f"{project or find_inputs(data).project} ledger"
    return set(find_untouched_models(data, LastBuild(sources=sources, changed=changed)))


def test_a_resource_with_new_rows_is_built_with_those_that_it_owns(tmp_path: Path) -> None:
    models = left_out(tmp_path, "members")

    assert not {"stg_members", "state_members", "members", "hidden_members"} & models
    assert not {"accounts", "hidden_accounts", "transactions"} & models
    assert {"stg_accounts", "state_accounts", "history_accounts", "tags", "users"} < models


def test_without_new_rows_only_models_of_no_resource_are_built(tmp_path: Path) -> None:
    models = left_out(tmp_path)

    assert {"stg_users", "users", "stg_analytics_events", "analytics_events"} < models
    assert not {"ledger", "daily_files", "money_by_month"} & models


def test_another_project_builds_everything(tmp_path: Path) -> None:
    assert left_out(tmp_path, "tags", project="another") == set()
