"""dbt typed by hand does what a dbt user expects, and what is complete is published."""

import shutil
from pathlib import Path

import pytest

from ingest.warehouse.dbt import PROJECT
from tests.dbt_project.landing import Landing
from tests.support.built import Done, ask, copy_of, land, make_built, nodes_run, typed_dbt, users

FIRST_VERSIONS = "where _event_age = 1 and _event <> 'deleted'"
MINE = "select guid, email from {{ ref('users') }}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("typed"))


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    return copy_of(built, tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project that a test may change."""
    return Path(shutil.copytree(PROJECT, tmp_path / "project"))


def dbt(landing: Landing, project: Path, *args: str) -> Done:
    return typed_dbt(landing.data, *args, "--project-dir", str(project))


def test_a_build_publishes_and_its_parts_do_not(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)

    part = typed_dbt(landing.data, "build", "--exclude", "marts")
    seen = users(landing.data)
    rest = typed_dbt(landing.data, "build", "--select", "marts")

    assert (part.returncode, rest.returncode) == (0, 0)
    assert "not published: " in part.stdout
    assert seen == ["U1", "U2"]
    assert "release 2 is published: " in rest.stdout
    assert users(landing.data) == ["U1", "U2", "U3"]


@pytest.mark.parametrize("args", [(), ("--full-refresh",)], ids=["increments", "tables made anew"])
def test_an_empty_run_makes_every_model_and_the_next_build_fills_them(
    landing: Landing, args: tuple[str, ...]
) -> None:
    empty = typed_dbt(landing.data, "run", "--empty", *args)
    found = ask(landing.data, "from main.users")
    part = typed_dbt(landing.data, "build", "--select", "marts")
    full = typed_dbt(landing.data, "build")

    assert (empty.returncode, part.returncode, full.returncode) == (0, 0, 0), empty.stdout
    assert found == []
    assert "not published: " in part.stdout
    assert "release 2 is published: " in full.stdout
    assert users(landing.data) == ["U1", "U2"]
    assert ask(landing.data, "select count(*) from history.users") == [(2,)]


def test_a_first_build_may_be_empty(landing: Landing) -> None:
    """Its tables have the columns that landed files have beside the catalogue's."""
    (landing.data / "warehouse.duckdb").unlink()

    empty = typed_dbt(landing.data, "build", "--empty")
    found = ask(landing.data, "select user_guid from state.users")
    full = typed_dbt(landing.data, "build")

    assert (empty.returncode, full.returncode) == (0, 0), empty.stdout
    assert found == []
    assert "published: " not in empty.stdout
    assert users(landing.data) == ["U1", "U2"]


def test_a_resource_and_what_follows_is_built_again(landing: Landing) -> None:
    done = typed_dbt(landing.data, "build", "--select", "users+")

    assert done.returncode == 0
    assert {"users", "active_users_by_day"} < nodes_run(landing.data)


def test_a_project_that_another_command_has_parsed_is_built(landing: Landing) -> None:
    """dbt keeps what it parsed; a ref that only some commands come by would be absent from it."""
    parsed = typed_dbt(landing.data, "parse", "--no-partial-parse")
    done = typed_dbt(landing.data, "build", "--select", "state_users", "accounts")

    assert (parsed.returncode, done.returncode) == (0, 0), done.stdout


def test_all_tests_pass_and_a_query_is_shown(landing: Landing) -> None:
    tested = typed_dbt(landing.data, "test")
    shown = typed_dbt(landing.data, "show", "--select", "users", "--output", "json")
    listed = typed_dbt(landing.data, "ls", "--select", "history_users", "--resource-type", "model")

    assert (tested.returncode, shown.returncode) == (0, 0)
    assert '"guid": "U1"' in shown.stdout
    assert "mx.history.history_users" in listed.stdout


def test_what_dbt_writes_is_for_its_owner_alone(landing: Landing) -> None:
    (landing.data / "warehouse.duckdb").unlink()
    command = 'umask 022; exec "$@"'

    done = typed_dbt(landing.data, "run", "--select", "ledger", shell=command)

    assert done.returncode == 0
    assert (landing.data / "warehouse.duckdb").stat().st_mode & 0o077 == 0
    assert (landing.data / "dbt" / "logs" / "dbt.log").exists()
    assert not (PROJECT / "target").exists()


def test_the_sql_of_a_state_model_is_what_runs(landing: Landing, project: Path) -> None:
    """The table is rebuilt, although no file is new."""
    model = project / "models" / "state" / "state_users.sql"
    model.write_text(f"select * from ({model.read_text()}) where guid <> 'U2'")

    done = dbt(landing, project, "run")

    assert done.returncode == 0
    assert ask(landing.data, "select guid from state.users") == [("U1",)]
    assert ask(landing.data, "select guid from main.users") == [("U1",)]


def test_a_rule_in_a_macro_is_what_runs(landing: Landing, project: Path) -> None:
    macro = project / "macros" / "reduce_events.sql"
    text = macro.read_text()
    assert FIRST_VERSIONS in text
    macro.write_text(text.replace(FIRST_VERSIONS, FIRST_VERSIONS + " and guid <> 'U2'"))

    done = dbt(landing, project, "run")

    assert done.returncode == 0
    assert ask(landing.data, "select guid from state.users") == [("U1",)]


def test_a_contract_that_a_mart_breaks_fails_the_build(landing: Landing, project: Path) -> None:
    yaml = project / "models" / "marts" / "_marts__models.yml"
    text = yaml.read_text()
    assert "{name: member_guid, data_type: string," in text
    yaml.write_text(
        text.replace("member_guid, data_type: string,", "member_guid, data_type: date,")
    )

    done = dbt(landing, project, "build", "--select", "connection_health")

    assert done.returncode == 1
    assert "This model has an enforced contract that failed" in done.stdout


def test_compiled_sql_can_be_read(landing: Landing) -> None:
    compiled = typed_dbt(landing.data, "compile", "--select", "state_users", "users")

    assert compiled.returncode == 0
    folder = landing.data / "dbt" / "target" / "compiled" / "mx" / "models"
    state = (folder / "state" / "state_users.sql").read_text()
    assert "touched_keys as (" in state
    assert "order by _snapshot_date desc" in " ".join(state.split())
    assert (folder / "current" / "users.sql").read_text().count("where _event_is_live") == 1
