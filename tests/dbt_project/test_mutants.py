"""Each rule of the SQL matters: without it a small world ends in other tables."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.warehouse.build.project_hash import hash_macros
from tests.dbt_project import mutants_world, oracle
from tests.dbt_project.conftest import PROJECT, dbt_call, open_warehouse, run_dbt
from tests.dbt_project.forked_dbt import run_forked
from tests.dbt_project.landing import Landing
from tests.dbt_project.mutants import MUTANTS, Mutant

Tables = dict[str, list[tuple[Any, ...]]]
ROW = ("_client_guid", "guid", "note", "extra", "_source_file", "_row_number")
COLUMNS = {
    "main": ROW,
    "state": (*ROW, "_event_is_live"),
    "history": (*ROW, "_version", "valid_from", "valid_to", "is_current"),
}
ORACLES = {"main": oracle.current, "state": oracle.state, "history": oracle.history}
DBT_ARGS = (
    "--quiet",
    "--no-write-json",
    "--log-level-file=none",
    f"--vars={{keyed_resources: [{', '.join(mutants_world.RESOURCES[:-2])}], logs: []}}",
)


def expected_tables() -> Tables:
    files = mutants_world.files_that_count()
    return {
        f"{schema}.{resource}": sorted(tell(files, resource), key=repr)
        for schema, tell in ORACLES.items()
        for resource in mutants_world.RESOURCES
    }


def found_tables(data: Path) -> Tables:
    found = {}
    with open_warehouse(data) as warehouse:
        for table in expected_tables():
            result = warehouse.execute(f"from {table}")
            names = [name for name, *_ in result.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
            columns = COLUMNS[table.partition(".")[0]]
            told = (tuple(row.get(column) for column in columns) for row in rows)
            found[table] = sorted(told, key=repr)
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with no more models than the world needs."""
    folder = tmp_path_factory.mktemp("project")
    for name in mutants_world.needed_files(PROJECT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def second_wave(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of which the first wave is built and the second has landed."""
    folder = tmp_path_factory.mktemp("waves")
    landing = Landing(folder / "data")
    mutants_world.land_first(landing)
    run_dbt("run", *DBT_ARGS, target=folder / "target", cwd=folder, project=project)
    mutants_world.land_second(landing)
    return landing.data


@pytest.fixture
def folder(project: Path, second_wave: Path, tmp_path: Path) -> Path:
    """Copies of both, to be changed, and of what dbt has parsed."""
    shutil.copytree(project, tmp_path / "project")
    shutil.copytree(second_wave, tmp_path / "data")
    shutil.copytree(second_wave.with_name("target"), tmp_path / "target")
    return tmp_path


def build(folder: Path, *args: str) -> bool:
    """Build the second wave; say whether that succeeded."""
    call = dbt_call(
        "run", *DBT_ARGS, *args, target=folder / "target", cwd=folder, project=folder / "project"
    )
    return run_forked(call, output=folder / "printed")


def keep_tables(folder: Path) -> None:
    """Let changed macros continue the tables; a build would rebuild them without increments."""
    with duckdb.connect(folder / "data" / "warehouse.duckdb") as warehouse:
        warehouse.execute(
            "update ops.applied_columns set fingerprint = concat(left(fingerprint, 32), $macros)",
            {"macros": hash_macros(folder / "project")},
        )


@pytest.mark.parametrize("args", [(), ("--full-refresh",)], ids=["increments", "made anew"])
def test_the_rules_give_the_tables_of_the_oracle(folder: Path, args: tuple[str, ...]) -> None:
    assert build(folder, *args), (folder / "printed").read_text()
    assert found_tables(folder / "data") == expected_tables()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.without)
def test_without_a_rule_the_tables_are_wrong(folder: Path, mutant: Mutant) -> None:
    mutant.change(folder / "project")
    keep_tables(folder)

    is_built = build(folder)

    assert is_built is not mutant.fails, (folder / "printed").read_text()
    assert mutant.fails or found_tables(folder / "data") != expected_tables()
