"""`just build` refuses a damaged ledger; `tests/warehouse/build/test_run.py` has its builds."""

from pathlib import Path

from tests.commands.conftest import Cli


def test_a_damaged_ledger_is_one_line_and_nothing_is_built(program: Cli, tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "2026-01.jsonl").write_text("no record\n")

    done = program("ingest.commands.build", "--no-publish", MX_DATA=str(tmp_path))

    [line] = done.stderr.splitlines()
    assert (done.returncode, "2026-01.jsonl, line 1" in line) == (1, True)
    assert not (tmp_path / "warehouse.duckdb").exists()
