"""The SQL of models is what the template writes, unless a model says why not."""

import shutil
from pathlib import Path

import pytest

from ingest.warehouse.models import model_sql
from tests.dbt_project.conftest import PROJECT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(model_sql, "PROJECT", project)
    return project


def test_a_model_that_differs_is_found_unless_it_says_why(project: Path) -> None:
    current = project / "models" / "current"
    accounts, users = current / "accounts.sql", current / "users.sql"
    accounts.write_text(accounts.read_text().replace("hidden_members", "hidden_users"))
    users.write_text("{#- By hand: a reason. -#}\n" + users.read_text())

    with pytest.raises(
        SystemExit, match=r"^\S+accounts.sql: expected the text of its template; write"
    ):
        model_sql.write_models(only_checks=True)


def test_models_are_written_again_from_the_template(project: Path) -> None:
    inner = Path("models", "current", "accounts.sql")
    (project / inner).unlink()

    model_sql.write_models(only_checks=False)

    assert (project / inner).read_bytes() == (PROJECT / inner).read_bytes()
