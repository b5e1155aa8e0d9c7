"""The same two waves of files, built on both lines of DuckDB."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.engines.engines import OWN, programs_of, run_dbt
from tests.engines.tables import Tables, read_warehouse
from tests.engines.waves import land_first_wave, land_second_wave


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
    return list(_build_waves(folder_of_line_before, programs=programs_of("duckdb-1.5")))


def _build_waves(folder: Path, *, programs: Path) -> Iterator[Tables]:
    landing = Landing(folder / "data")
    for wave in (land_first_wave, land_second_wave):
        wave(landing)
        run_dbt("run", programs=programs, data=landing.data)
        yield read_warehouse(landing.data / "warehouse.duckdb")
