"""A build is made again when its project, its programs' variables or the ledger have changed."""

import os
import shutil
from pathlib import Path

import pytest

from ingest.warehouse.build.inputs import find_inputs
from ingest.warehouse.dbt import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("target", "logs")
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=ignored))


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "ledger" / "2026-02.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("{}\n")
    return path


def test_the_same_inputs_have_the_same_hashes(project: Path, ledger: Path) -> None:
    first, second = (find_inputs(ledger.parents[1], project=project) for _ in range(2))

    assert first == second


def test_a_new_line_changes_the_ledger_alone(project: Path, ledger: Path) -> None:
    before = find_inputs(ledger.parents[1], project=project)
    ledger.write_text("{}\n{}\n")
    after = find_inputs(ledger.parents[1], project=project)

    assert (after.project, after.ledger != before.ledger) == (before.project, True)


def test_a_restored_file_of_another_time_changes_the_ledger(project: Path, ledger: Path) -> None:
    before = find_inputs(ledger.parents[1], project=project)
    os.utime(ledger, ns=(0, 0))

    assert find_inputs(ledger.parents[1], project=project).ledger != before.ledger


def test_a_model_and_a_variable_of_dbt_change_the_project(
    project: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = find_inputs(ledger.parents[1], project=project)
    model = project / "models" / "current" / "users.sql"
    text = model.read_text()
    model.write_text(f"{text} ")
    of_model = find_inputs(ledger.parents[1], project=project)
    model.write_text(text)
    monkeypatch.setenv("DBT_FULL_REFRESH", "true")
    of_variable = find_inputs(ledger.parents[1], project=project)

    assert len({each.project for each in (before, of_model, of_variable)}) == 3
    assert len({each.ledger for each in (before, of_model, of_variable)}) == 1


def test_what_dbt_writes_beside_the_project_changes_nothing(project: Path, ledger: Path) -> None:
    before = find_inputs(ledger.parents[1], project=project)
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}")

    assert find_inputs(ledger.parents[1], project=project) == before
