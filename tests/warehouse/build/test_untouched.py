"""A build leaves out the models of resources that have no new rows, nor owners with new rows."""

from ingest.warehouse.build.dbt_build import find_untouched_models
from ingest.warehouse.build.last_build import LastBuild
from ingest.warehouse.build.project_hash import hash_project


def left_out(*touched: str, project: str | None = None) -> set[str]:
    """Name the models that a build leaves out when these resources have new rows."""
    changed = [{"resource": resource} for resource in touched]
    build = LastBuild(project=project or hash_project(), has_news=bool(touched), changed=changed)
    return set(find_untouched_models(build))


def test_a_resource_with_new_rows_is_built_with_those_that_it_owns() -> None:
    models = left_out("members")

    assert not {"stg_members", "state_members", "members", "hidden_members"} & models
    assert not {"accounts", "hidden_accounts", "transactions"} & models
    assert {"stg_accounts", "state_accounts", "history_accounts", "tags", "users"} < models


def test_without_new_rows_only_models_of_no_resource_are_built() -> None:
    models = left_out()

    assert {"stg_users", "users", "stg_analytics_events", "analytics_events"} < models
    assert not {"ledger", "daily_files", "money_by_month"} & models


def test_another_project_builds_everything() -> None:
    assert left_out("tags", project="another") == set()
