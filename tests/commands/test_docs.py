"""`ingest docs` reads the warehouse; `tests/marts/test_docs_page.py` has its page."""

from pathlib import Path

from tests.commands.conftest import Cli


def test_a_missing_warehouse_is_one_line(cli: Cli, tmp_path: Path) -> None:
    done = cli("docs", MX_DATA=str(tmp_path))

    [line] = done.stderr.splitlines()
    assert (done.returncode, "expected a warehouse" in line) == (1, True)
