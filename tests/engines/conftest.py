"""The same two waves of files, built on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.engines.engines import OWN, programs_of, run_dbt
from tests.engines.sail_server import Sail, sail_server
from tests.engines.tables import Tables, read_warehouse
from tests.engines.waves import WAVES


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[Tables]:
    """The tables after each wave, on the DuckDB that the project requires."""
    return list(_build_waves(tmp_path_factory.mktemp("ours"), programs=OWN))


@pytest.fixture(scope="session")
def folder_of_line_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("before")


@pytest.fixture(scope="session")
def of_line_before(folder_of_line_before: Path) -> list[Tables]:
    """The tables after the first waves, on the line of DuckDB before."""
    return list(_build_waves(folder_of_line_before, programs=programs_of("duckdb-1.5"), waves=2))


@pytest.fixture(scope="session")
def sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sail]:
    with sail_server(tmp_path_factory.mktemp("sail")) as server:
        yield server


@pytest.fixture(scope="session")
def landing_on_sail(sail: Sail) -> Landing:
    return Landing(sail.folder / "data")


@pytest.fixture(scope="session")
def of_sail(sail: Sail, landing_on_sail: Landing) -> list[Tables]:
    """The tables after each wave, on Sail; the second build runs every test of the project."""
    tables = []
    for number, (wave, command) in enumerate(zip(WAVES, ("run", "build", "run"), strict=True)):
        wave(landing_on_sail)
        args = ("--exclude-resource-type", "unit_test") if command == "build" else ()
        sail.dbt(command, *args, data=landing_on_sail.data)
        tables.append(sail.tables(f"wave {number}"))
    return tables


def _build_waves(folder: Path, *, programs: Path, waves: int = 3) -> Iterator[Tables]:
    landing = Landing(folder / "data")
    for wave in WAVES[:waves]:
        wave(landing)
        run_dbt("run", programs=programs, data=landing.data)
        yield read_warehouse(landing.data / "warehouse.duckdb")
