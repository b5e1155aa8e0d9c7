"""Exposures name the tables that are used outside dbt."""

import re
from pathlib import Path

from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.yaml_text import read_yaml
from tests.dbt_project.conftest import open_warehouse

ROOT = Path(__file__).parents[2]
FUNCTION = "account_balances"
"""Its model is disabled on Spark, so no exposure may name it."""


def exposed(name: str) -> set[str]:
    exposures = [
        each
        for path in (PROJECT / "models").glob("_*.yml")
        for each in read_yaml(path.read_text()).get("exposures", [])
    ]
    [found] = [each for each in exposures if each["name"] == name]
    return {re.fullmatch(r"ref\('(\w+)'\)", each)[1] for each in found["depends_on"]}  # type: ignore[index]  # all match


def used(*texts: str) -> set[str]:
    """Name the models of the tables that some SQL reads."""
    pattern = r"\b(main|marts|history|ops)\.(\w+)"
    found = re.findall(pattern, "\n".join(texts))
    return {f"history_{name}" if schema == "history" else name for schema, name in found}


def test_the_release_has_the_models_that_are_published(world: Path) -> None:
    with open_warehouse(world) as warehouse:
        query = "select model from ops.published_relations where model <> ''"
        published = {model for (model,) in warehouse.execute(query).fetchall()}

    assert exposed("release") == published - {FUNCTION}


def test_the_guide_names_the_tables_of_its_queries() -> None:
    queries = re.findall(
        r"```sql\n(.*?)```", (ROOT / "docs" / "analysts.md").read_text(), re.DOTALL
    )

    assert exposed("guide_for_analysts") == used(*queries) - {FUNCTION}
