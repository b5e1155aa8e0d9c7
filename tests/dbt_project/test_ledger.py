"""The table of the ledger has each line once, and a build reads no line twice.

Tables that are kept by new lines are those that a rebuild makes.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from ingest.warehouse.dbt import PROJECT
from tests.dbt_project.landing import CLIENT, Landing, daily_file
from tests.support.built import Done, ask, copy_of, land, make_built, typed_dbt

LEDGER = Path("ledger") / "2026-02.jsonl"
KEPT = ("listed_files", "landed_files", "daily_files")
"""The tables of `ops` that are kept by new lines of the ledger."""


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


def list_file(landing: Landing, name: str, *, day: int, rows: int) -> None:
    """Record that a manifest of a day lists one file."""
    file = daily_file(name, day=day)
    listing = {"file": file.stem, "resource": file.resource, "event": file.event}
    facts = {"record_count": rows, "plain_bytes": 1, "encrypted_bytes": 1, "checksum": "0" * 64}
    landing.record(
        what="listed",
        client_guid=CLIENT,
        snapshot_date=file.delivery.snapshot_date.isoformat(),
        encrypted_sha256="0" * 64,
        listed=[listing | facts | {"effective_date": "2026-01-01"}],
    )


def kept_tables(landing: Landing) -> dict[str, list[tuple[object, ...]]]:
    return {name: ask(landing.data, f"from ops.{name} order by all") for name in KEPT}


def expect_those_of_a_rebuild(landing: Landing) -> None:
    kept = kept_tables(landing)
    args = ("run", "--select", "ledger", *KEPT, "--full-refresh")
    assert typed_dbt(landing.data, *args).returncode == 0

    assert kept_tables(landing) == kept


def test_rows_of_days_with_new_lines_are_made_again_and_no_others(landing: Landing) -> None:
    mark = "update ops.daily_files set decoder = '{}' where snapshot_date = '2026-01-01'"
    change(landing, mark.format("kept"))
    land(landing, "users.updated", "U3", day=2)
    list_file(landing, "goals.created", day=2, rows=1)
    assert typed_dbt(landing.data, "run", "--select", "ledger", *KEPT).returncode == 0
    first = kept_tables(landing)
    land(landing, "tags.updated", "T1", day=2)
    landing.set_aside(daily_file("users.updated", day=2))
    list_file(landing, "goals.created", day=2, rows=2)

    assert typed_dbt(landing.data, "run", "--select", "ledger", *KEPT).returncode == 0

    assert all(rows != first[name] for name, rows in kept_tables(landing).items())
    assert ask(landing.data, "select count(*) from ops.daily_files where decoder = 'kept'") == [
        (2,)
    ]
    change(landing, mark.format("fastavro"))
    expect_those_of_a_rebuild(landing)


def test_a_table_whose_parent_was_left_out_catches_up(landing: Landing) -> None:
    list_file(landing, "goals.created", day=2, rows=1)
    assert typed_dbt(landing.data, "run", "--select", "ledger", "daily_files").returncode == 0

    assert typed_dbt(landing.data, "run", "--select", *KEPT).returncode == 0

    assert len(kept_tables(landing)["listed_files"]) == 1
    expect_those_of_a_rebuild(landing)


def test_rows_that_only_changed_lines_had_made_go(landing: Landing) -> None:
    changed = [line.replace("tags", "goals") for line in lines(landing)]
    landed = [line for line in changed if '"what": "landed"' not in line or "users" in line]
    change(landing, "delete from ops.ledger where resource = 'tags'")
    (landing.data / LEDGER).write_text("".join([*changed, *landed[-1:]]))

    assert typed_dbt(landing.data, "run", "--select", "ledger", *KEPT).returncode == 0

    assert {row[3] for row in kept_tables(landing)["landed_files"]} == {"created"}
    expect_those_of_a_rebuild(landing)


def test_a_changed_model_makes_its_table_anew(landing: Landing, tmp_path: Path) -> None:
    project = Path(shutil.copytree(PROJECT, tmp_path / "project"))
    model = project / "models" / "ops" / "listed_files.sql"
    model.write_text(f"{model.read_text()}-- another text\n")
    change(landing, "insert into ops.listed_files by name select 'odd' as client_guid")

    args = ("run", "--select", "listed_files", "--project-dir", str(project))
    assert typed_dbt(landing.data, *args).returncode == 0

    assert kept_tables(landing)["listed_files"] == []
