"""`ingest publish` needs a built warehouse, and a rollback needs an older release."""

from tests.commands.conftest import Cli


def test_a_missing_warehouse_is_one_line_with_the_next_step(cli: Cli) -> None:
    done = cli("publish")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "make it with: just build" in line) == (1, True)


def test_a_rollback_without_a_release_is_one_line(cli: Cli) -> None:
    done = cli("publish", "--rollback")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "expected " in line) == (1, True)
