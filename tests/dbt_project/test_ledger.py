"""The table of the ledger has each line once, and a build reads no line twice."""

from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.landing import Landing
from tests.support.built import Done, ask, copy_of, land, make_built, typed_dbt

LEDGER = Path("ledger") / "2026-02.jsonl"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    """Rows that a build reads again lose a word that was written into them."""
    landing = copy_of(built, tmp_path)
    change(landing, "update ops.ledger set run_id = 'kept'")
    return landing


def change(landing: Landing, statement: str) -> None:
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        warehouse.execute(statement)


def read_ledger(landing: Landing, *args: str) -> Done:
    return typed_dbt(landing.data, "run", "--select", "ledger", *args)


def lines(landing: Landing) -> list[str]:
    return (landing.data / LEDGER).read_text().splitlines(keepends=True)


def rows(landing: Landing) -> dict[str, int]:
    """Count the rows by the run that they name."""
    return dict(ask(landing.data, "select run_id, count(*) from ops.ledger group by 1"))


def test_only_lines_that_were_added_are_read(landing: Landing) -> None:
    before = len(lines(landing))
    land(landing, "users.created", "U3", day=2)

    assert read_ledger(landing).returncode == 0
    assert rows(landing) == {"kept": before, "a run": len(lines(landing)) - before}
    land(landing, "users.created", "U4", day=3)
    assert read_ledger(landing).returncode == 0
    assert rows(landing) == {"kept": before, "a run": len(lines(landing)) - before}


def test_a_file_whose_old_lines_have_changed_is_read_again(landing: Landing) -> None:
    changed = [line.replace('"a run"', '"b run"') for line in lines(landing)]
    (landing.data / LEDGER).write_text("".join(changed))

    assert read_ledger(landing).returncode == 0
    assert rows(landing) == {"b run": len(changed)}


def test_a_full_refresh_reads_all_lines(landing: Landing) -> None:
    assert read_ledger(landing, "--full-refresh").returncode == 0
    assert rows(landing) == {"a run": len(lines(landing))}


def test_a_table_without_a_column_of_this_version_reads_all_lines(landing: Landing) -> None:
    change(
        landing,
        "create table kept as select * exclude (decoder) from ops.ledger;"
        "drop table ops.ledger; create table ops.ledger as from kept; drop table kept",
    )

    assert read_ledger(landing).returncode == 0
    assert rows(landing) == {"a run": len(lines(landing))}
    missing = "select count(*) from ops.ledger where what = 'landed' and decoder is null"
    assert ask(landing.data, missing) == [(0,)]


def test_lines_whose_mark_could_not_be_written_are_not_kept(landing: Landing) -> None:
    before = len(lines(landing))
    land(landing, "users.created", "U3", day=2)
    change(landing, "alter table ops.ledger_marks add column odd integer")

    failed = read_ledger(landing)
    after_failure = rows(landing)
    change(landing, "alter table ops.ledger_marks drop column odd")

    assert failed.returncode == 1
    assert after_failure == {"kept": before}
    assert read_ledger(landing).returncode == 0
    assert rows(landing) == {"kept": before, "a run": len(lines(landing)) - before}


def test_no_copy_of_lines_is_left(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)

    assert read_ledger(landing).returncode == 0
    assert not (landing.data / "dbt" / "ledger").exists()
