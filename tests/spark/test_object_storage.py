"""Spark reads landing and ledger from a mirror in object storage, and makes DuckDB's tables."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.engines import OWN, run_dbt
from tests.engines.tables import find_differences, read_warehouse
from tests.readers.environments import ROOT, clean_environment
from tests.spark.warehouse import WITHOUT_TESTS, SparkWarehouse
from tests.support.object_storage import ObjectStorage, object_storage

USERS, DAYS = "4", "3"


@pytest.fixture(scope="module")
def storage() -> Iterator[ObjectStorage]:
    with object_storage() as server:
        yield server


@pytest.fixture(scope="module")
def landed(storage: ObjectStorage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every resource of a few days, and its mirror."""
    folder = tmp_path_factory.mktemp("landed")
    settings = storage.settings | {
        "MX_DATA": str(folder / "data"),
        "MX_GNUPGHOME": str(folder / "gnupg"),
        "MX_SOURCE": str(folder / "source"),
        "MX_MIRROR": _prefix(storage),
    }
    _ingest("keys", "new", settings=settings)
    sample = ("--to", str(folder / "source"), "--users", USERS, "--days", DAYS, "--surprise")
    _ingest("sample", *sample, settings=settings)
    _ingest("run", settings=settings)
    return folder / "data"


def test_spark_makes_the_same_tables_from_a_mirror(
    storage: ObjectStorage, landed: Path, tmp_path: Path
) -> None:
    spark = SparkWarehouse(
        data=tmp_path / "data", settings=storage.settings | {"MX_LANDINGS": _prefix(storage)}
    )
    spark.build(*WITHOUT_TESTS)
    run_dbt("run", programs=OWN, data=landed)

    ours = read_warehouse(landed / "warehouse.duckdb")
    assert ours["main.transactions"][1].total() > 0
    assert find_differences(ours, spark.tables("from the mirror")) == {}


def _prefix(storage: ObjectStorage) -> str:
    return f"s3://{storage.bucket}/for-spark"


def _ingest(*args: str, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", *args],
        env=clean_environment(**settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
