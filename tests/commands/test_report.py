"""`ingest report` writes a page and prints its path, or prints the facts."""

import json
from pathlib import Path

from tests.commands.conftest import Cli


def test_a_page_is_written_and_its_path_printed(cli: Cli, tmp_path: Path) -> None:
    done = cli("report", "--output", "page.html", MX_DATA=str(tmp_path / "data"))

    assert (done.returncode, done.stdout) == (0, "page.html\n")
    assert "<html" in (tmp_path / "page.html").read_text()


def test_a_program_gets_the_facts_and_no_page(cli: Cli, tmp_path: Path) -> None:
    done = cli("report", "--json", MX_DATA=str(tmp_path / "data"))

    assert json.loads(done.stdout)
    assert not (tmp_path / "data" / "report.html").exists()
