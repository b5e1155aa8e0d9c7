"""An analyst's models are published, and a removed model is no longer in the next release."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tests.dbt_project.landing import Landing, daily_file
from tests.warehouse.publish.warehouse import KEY, served

ROOT = Path(__file__).parents[3]
MODELS = {
    "finance_scores.sql": """
        {{ config(schema='reports', materialized='table') }}
        select guid, email, credit_score, phone from {{ ref('scored') }}
    """,
    "scored.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('users') }}",
    "drafts.sql": "{{ config(schema='reports') }} select guid from {{ ref('users') }}",
    "old.sql": "{{ config(schema='reports') }} select guid from {{ ref('users') }}",
    "_finance__models.yml": """
models:
  - name: finance_scores
    description: One row per user.
    columns:
      - {name: guid, description: Key of the user, config: {meta: {privacy: none}}}
      - {name: email, description: Address, config: {meta: {privacy: personal}}}
      - {name: credit_score, description: Score, config: {meta: {privacy: sensitive}}}
  - name: drafts
    config: {meta: {is_published: false}}
    columns:
      - {name: guid, description: Key of the user, config: {meta: {privacy: none}}}
  - name: old
    columns:
      - {name: guid, description: Key of the user, config: {meta: {privacy: none}}}
""",
}
COLUMNS = """
    select table_name || '.' || column_name from duckdb_columns() where schema_name = 'reports'
"""


def build(checkout: Path, data: Path) -> None:
    """Run `just build` with the project and the programs of a checkout."""
    own = {"PYTHONPATH": str(checkout), "MX_DATA": str(data), "MX_MASK_KEY": KEY}
    command = [sys.executable, "-m", "ingest", "build", "--quiet"]
    done = subprocess.run(
        command, env=os.environ | own, cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def columns_of_reports(data: Path, name: str) -> set[str]:
    with served(data, name) as database:
        return {column for (column,) in database.execute(COLUMNS).fetchall()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with models of an analyst's in a folder of their own."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("ingest", "dbt_project"):
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    (folder / "dbt_project" / "models" / "finance").mkdir()
    for name, text in MODELS.items():
        (folder / "dbt_project" / "models" / "finance" / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = Landing(tmp_path_factory.mktemp("own") / "data")
    row = {"guid": "U1", "email": "ann@example.com", "phone": "555", "credit_score": 700}
    schema = {name: pa.int32() if name == "credit_score" else pa.string() for name in row}
    landing.land(daily_file("users.created"), [row], schema=schema)
    build(checkout, landing.data)
    return landing.data


def test_a_model_in_a_new_folder_is_published_unless_its_meta_says_no(built: Path) -> None:
    names = {"scores.guid", "scores.email", "scores.credit_score", "scores.phone", "old.guid"}

    assert columns_of_reports(built, "warehouse") == names


def test_its_personal_columns_are_hashed_and_unclassed_ones_are_absent(built: Path) -> None:
    found = columns_of_reports(built, "warehouse_masked")
    with served(built, "warehouse_masked") as database:
        users = "select email from main.users"
        scores = "select email, length(email) from reports.scores"
        [(hashed,)] = database.execute(users).fetchall()

        assert database.execute(scores).fetchall() == [(hashed, 64)]
    assert found == {"scores.guid", "scores.email", "old.guid"}


def test_a_model_that_was_removed_is_not_in_the_next_release(built: Path, checkout: Path) -> None:
    folder = checkout / "dbt_project" / "models" / "finance"
    (folder / "old.sql").unlink()
    described = (folder / "_finance__models.yml").read_text().partition("  - name: old\n")[0]
    (folder / "_finance__models.yml").write_text(described)

    build(checkout, built)

    assert {name.partition(".")[0] for name in columns_of_reports(built, "warehouse")} == {"scores"}
