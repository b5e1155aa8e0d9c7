"""Spark gets one set of settings, made from ours."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.warehouse.spark.conf import Lake, hadoop_address, write_conf


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(
        folder=tmp_path / "spark",
        tables=str(tmp_path / "spark" / "tables"),
        landings=(str(tmp_path),),
        file_format="iceberg",
        endpoint="",
    )


def read_conf(lake: Lake) -> dict[str, str]:
    folder = write_conf(lake, jars=Path("/jars"), memory_bytes=4_000_000_000)
    lines = (folder / "spark-defaults.conf").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)


def test_spark_writes_below_the_data_folder_alone(lake: Lake) -> None:
    conf = read_conf(lake)

    folder = str(lake.folder)
    assert conf["spark.local.dir"].startswith(folder)
    assert conf["spark.sql.warehouse.dir"].startswith(folder)
    assert (
        f"databaseName={folder}/metastore;" in conf["spark.hadoop.javax.jdo.option.ConnectionURL"]
    )
    assert f"={folder}/derby.log" in conf["spark.driver.extraJavaOptions"]
    assert f"{folder}/spark.log" in (lake.folder / "conf" / "log4j2.properties").read_text()
    assert conf["spark.driver.memory"] == "3814m"


@pytest.mark.parametrize(
    ("changed", "sets"),
    [
        ({}, ["iceberg"]),
        ({"file_format": "delta"}, ["delta"]),
        ({"landings": ("s3://bucket/prefix",)}, ["iceberg", "s3"]),
        ({"tables": "s3a://bucket/tables"}, ["iceberg", "s3"]),
    ],
)
def test_spark_gets_the_jars_that_it_needs(
    lake: Lake, changed: dict[str, object], sets: list[str]
) -> None:
    lake = replace(lake, **changed)  # type: ignore[arg-type]  # fields by their names

    assert lake.jars == sets
    path = read_conf(lake)["spark.driver.extraClassPath"]
    assert path == ":".join(f"/jars/{each}/*" for each in sets)


def test_an_endpoint_is_asked_by_path(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    conf = read_conf(replace(lake, endpoint="https://storage.example.com"))

    assert conf["spark.hadoop.fs.s3a.endpoint"] == "https://storage.example.com"
    assert conf["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert conf["spark.hadoop.fs.s3a.endpoint.region"] == "eu-north-1"


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("s3://bucket/prefix", "s3a://bucket/prefix"),
        ("s3a://bucket/prefix", "s3a://bucket/prefix"),
        ("/mnt/data", "/mnt/data"),
        ("~/data", f"{Path.home()}/data"),
    ],
)
def test_places_are_written_as_hadoop_calls_them(place: str, address: str) -> None:
    assert hadoop_address(place) == address
