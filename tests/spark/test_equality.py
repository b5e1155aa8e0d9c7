"""Every table on Apache Spark is DuckDB's, after each of three waves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.store.ledger import read_records
from tests.dbt_project.landing import Landing
from tests.engines.engines import OWN, run_dbt
from tests.engines.tables import Tables, find_differences, read_warehouse
from tests.engines.waves import land_first_wave, land_second_wave, land_third_wave
from tests.spark.warehouse import SparkWarehouse, only

WAVES = (land_first_wave, land_second_wave, land_third_wave)


@pytest.fixture(scope="module")
def of_duckdb(tmp_path_factory: pytest.TempPathFactory) -> list[Tables]:
    return list(_build_on_duckdb(tmp_path_factory.mktemp("duckdb")))


@pytest.fixture(scope="module")
def of_spark(tmp_path_factory: pytest.TempPathFactory) -> list[Tables]:
    """The tables after each wave. The first build is of everything, with every test."""
    data = tmp_path_factory.mktemp("spark") / "a lake" / "data"
    warehouse = SparkWarehouse(data=data)
    landing, tables = Landing(data), []
    for number, wave in enumerate(WAVES):
        before = len(_records(landing))
        wave(landing)
        touched = {str(record.get("resource")) for record in _records(landing)[before:]}
        warehouse.build(*(only(touched) if number else ()))
        tables.append(warehouse.tables(f"wave {number}"))
    return tables


@pytest.mark.parametrize("wave", range(len(WAVES)))
def test_spark_makes_the_same_tables(
    of_duckdb: list[Tables], of_spark: list[Tables], wave: int
) -> None:
    assert len(of_duckdb[wave]) > 100
    assert find_differences(of_duckdb[wave], of_spark[wave]) == {}


def _records(landing: Landing) -> list[dict[str, Any]]:
    return list(read_records(landing.data / "ledger"))


def _build_on_duckdb(folder: Path) -> Iterator[Tables]:
    landing = Landing(folder / "data")
    for wave in WAVES:
        wave(landing)
        run_dbt("run", programs=OWN, data=landing.data)
        yield read_warehouse(landing.data / "warehouse.duckdb")
