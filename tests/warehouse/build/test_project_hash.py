"""A build is made again when its project or its programs' variables have changed."""

import shutil
from pathlib import Path

import pytest

from ingest.warehouse.build.project_hash import hash_project
from ingest.warehouse.dbt import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("target", "logs")
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=ignored))


def test_a_model_and_a_variable_of_dbt_change_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, again = hash_project(project), hash_project(project)
    model = project / "models" / "current" / "users.sql"
    text = model.read_text()
    model.write_text(f"{text} ")
    of_model = hash_project(project)
    model.write_text(text)
    monkeypatch.setenv("DBT_FULL_REFRESH", "true")

    assert before == again
    assert len({before, of_model, hash_project(project)}) == 3


def test_what_dbt_writes_beside_the_project_changes_nothing(project: Path) -> None:
    before = hash_project(project)
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}")

    assert hash_project(project) == before
