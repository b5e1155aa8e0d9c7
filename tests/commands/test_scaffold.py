"""`ingest scaffold` reads the warehouse; `tests/dbt_project/test_scaffold.py` has its models."""

from tests.commands.conftest import Cli


def test_a_missing_warehouse_is_one_line_with_the_next_step(cli: Cli) -> None:
    done = cli("scaffold", "widgets")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "make it with: just build" in line) == (1, True)
