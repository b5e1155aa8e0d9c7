"""A complete build ends with PostgreSQL showing it, and a later one makes up for a failure."""

import pytest

from tests.dbt_project.landing import Landing
from tests.support.built import just_build, land, typed_dbt
from tests.support.postgres import PASSWORD, Database, Postgres

USERS = "select guid from main.users order by guid"


@pytest.fixture
def mirror(postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Database:
    made = postgres_server.make_database()
    monkeypatch.setenv("MX_PUBLISH_TO", made.url())
    monkeypatch.setenv("MX_PUBLISH_READER", made.reader)
    monkeypatch.setenv("MX_PUBLISH_PASSWORD", PASSWORD)
    return made


def test_a_build_ends_with_postgresql(landing: Landing, mirror: Database) -> None:
    land(landing, "users.created", "U3", day=2)

    done = just_build(landing.data)

    assert f"/{mirror.name} shows release 2, masked: " in done.stdout
    assert mirror.ask(USERS) == [("U1",), ("U2",), ("U3",)]


def test_a_build_that_dbt_was_asked_for_ends_with_it(
    landing: Landing, mirror: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MX_MASK_KEY", "a key of the tests alone")
    land(landing, "users.created", "U3", day=2)

    done = typed_dbt(landing.data, "build")

    assert f"/{mirror.name} shows release 2, masked: " in done.stdout
    assert len(mirror.ask(USERS)) == 3


def test_a_build_with_nothing_new_makes_up_for_a_failure(
    landing: Landing, mirror: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(landing, "users.created", "U3", day=2)
    monkeypatch.setenv("MX_PUBLISH_PASSWORD", "another")
    failed = just_build(landing.data)
    monkeypatch.setenv("MX_PUBLISH_PASSWORD", PASSWORD)

    done = just_build(landing.data)
    quiet = just_build(landing.data)

    [line] = failed.stderr.splitlines()
    assert (failed.returncode, "password authentication failed" in line) == (1, True)
    assert f"/{mirror.name} shows release 2, masked: " in done.stdout
    assert len(quiet.stdout.splitlines()) == 1
    assert len(mirror.ask(USERS)) == 3
