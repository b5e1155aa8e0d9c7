"""What the recipes of Spark say before Spark starts; `tests/spark` builds with it."""

from pathlib import Path

import pytest

from ingest.commands.spark import read_lake
from ingest.settings import load_settings
from tests.commands.conftest import Cli


def test_an_unknown_format_is_a_fault_of_the_settings(program: Cli, tmp_path: Path) -> None:
    done = program(
        "ingest.commands.spark", "build", MX_DATA=str(tmp_path), MX_FILE_FORMAT="parquet"
    )

    [line] = done.stderr.splitlines()
    assert done.returncode == 2
    assert "MX_FILE_FORMAT: expected iceberg or delta, found parquet" in line


def test_a_ledger_that_is_absent_is_one_line(program: Cli, tmp_path: Path) -> None:
    file = (
        tmp_path / "landing" / "resource=users" / "event=created" / "date=2026-01-01" / "x.parquet"
    )
    file.parent.mkdir(parents=True)
    file.touch()

    done = program("ingest.commands.spark", "build", MX_DATA=str(tmp_path))

    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert "expected its files, found none" in line


def test_masked_views_are_printed(program: Cli) -> None:
    done = program("ingest.commands.spark", "masked")

    assert done.returncode == 0
    assert "create or replace view main_masked.`users` as" in done.stdout


@pytest.mark.parametrize("written", ["/a, s3://b/c", "/a s3://b/c", "/a,s3://b/c"])
def test_landings_are_a_list(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MX_LANDINGS", written)

    assert read_lake(load_settings()).landings == ("/a", "s3://b/c")


def test_the_data_folder_is_the_landing_if_none_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MX_DATA", str(tmp_path))
    lake = read_lake(load_settings())

    assert lake.landings == (str(tmp_path),)
    assert lake.tables == str(tmp_path / "spark" / "tables")
