"""`dbt` in a shell of `just env` reads the settings; a malformed one stops it."""

from pathlib import Path

from tests.commands.conftest import Cli


def test_a_malformed_setting_is_one_line_and_2(program: Cli, tmp_path: Path) -> None:
    version = program("ingest.commands.dbt", "--version", MX_DATA=str(tmp_path))
    malformed = program("ingest.commands.dbt", "--version", MX_BUILD_MEMORY="much")

    assert (version.returncode, "duckdb" in version.stdout) == (0, True)
    [line] = malformed.stderr.splitlines()
    assert (malformed.returncode, "MX_BUILD_MEMORY: expected" in line) == (2, True)
