"""dbt and its project are found, and it writes into the data folder alone."""

import subprocess
from pathlib import Path

from ingest.warehouse.dbt import DBT, PROJECT, dbt_environment


def test_the_project_and_the_program_are_there() -> None:
    version = subprocess.run([str(DBT), "--version"], capture_output=True, text=True, check=True)

    assert "duckdb" in version.stdout
    assert (PROJECT / "dbt_project.yml").exists()


def test_all_that_dbt_writes_is_below_the_data_folder(tmp_path: Path) -> None:
    made = dbt_environment(tmp_path)

    written = [path for name, path in made.items() if name in ("DBT_TARGET_PATH", "DBT_LOG_PATH")]
    assert [Path(path).parent for path in written] == [tmp_path / "dbt"] * 2


def test_memory_is_said_only_where_it_is_known(tmp_path: Path) -> None:
    assert dbt_environment(tmp_path, memory_bytes=5)["MX_BUILD_MEMORY"] == "5B"
    assert "MX_BUILD_MEMORY" not in dbt_environment(tmp_path)
