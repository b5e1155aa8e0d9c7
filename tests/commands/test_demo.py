"""`just demo` knows two ways of delivery; `test_interrupt.py` stops it on its way."""

from pathlib import Path

from tests.commands.conftest import Cli


def test_an_unknown_way_is_one_line_and_nothing_is_made(program: Cli, tmp_path: Path) -> None:
    done = program("ingest.commands.demo", "ftp")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "expected sftp or https, found ftp" in line) == (2, True)
    assert list(tmp_path.iterdir()) == []
