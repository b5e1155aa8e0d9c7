"""`ingest publish` needs a built warehouse, a rollback an older release, PostgreSQL settings."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Cli
from tests.support.postgres import PASSWORD, Database, Postgres
from tests.warehouse.publish.warehouse import KEY, build_again, write_warehouse


def test_a_missing_warehouse_is_one_line_with_the_next_step(cli: Cli) -> None:
    done = cli("publish")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "make it with: just build" in line) == (1, True)


def test_a_rollback_without_a_release_is_one_line(cli: Cli) -> None:
    done = cli("publish", "--rollback")

    [line] = done.stderr.splitlines()
    assert (done.returncode, "expected " in line) == (1, True)


@pytest.fixture
def mirror(postgres_server: Postgres) -> Database:
    return postgres_server.make_database()


def settings(data: Path, mirror: Database) -> dict[str, str]:
    where = {"MX_PUBLISH_TO": mirror.url(), "MX_PUBLISH_READER": mirror.reader}
    secrets = {"MX_PUBLISH_PASSWORD": PASSWORD, "MX_MASK_KEY": KEY}
    return {"MX_DATA": str(data), **where, **secrets}


def test_postgresql_shows_each_release_and_a_rollback(
    cli: Cli, data: Path, mirror: Database
) -> None:
    settled = settings(write_warehouse(data), mirror)
    shown = "select release, guid from ops.release cross join main.users"

    first = json.loads(cli("publish", "--json", **settled).stdout)
    build_again(data, "2")
    second = cli("publish", **settled)

    assert first["mirrored"] | {"server": ""} == {
        "server": "",
        "release": 1,
        "is_masked": True,
        "tables": 5,
        "changed_tables": [
            "history.users",
            "main.accounts",
            "main.users",
            "ops.deliveries",
            "ops.release",
        ],
        "rows_deleted": 0,
        "rows_inserted": 5,
        "values_changed": {},
    }
    assert "release 2 is published: " in second.stdout
    assert f"/{mirror.name} shows release 2, masked: 2 of 5 tables changed, 2 rows" in second.stdout
    assert mirror.ask(shown) == [(2, "U2")]
    assert cli("publish", "--rollback", **settled).returncode == 0
    assert mirror.ask(shown) == [(1, "U1")]


def test_personal_data_is_shown_by_name_alone(cli: Cli, data: Path, mirror: Database) -> None:
    settled = settings(write_warehouse(data), mirror) | {
        "MX_PUBLISH_TO": "",
        "MX_PUBLISH_READER": "",
    }
    options = ["publish", "--to", mirror.url(), "--reader", mirror.reader]

    refused = cli(*options, **settled | {"MX_MASK_KEY": ""})
    done = cli(*options, "--full", **settled)

    [line] = refused.stderr.splitlines()
    assert (refused.returncode, "MX_MASK_KEY: expected for the masked" in line) == (2, True)
    assert done.returncode == 0
    assert mirror.ask("select email from main.users") == [("ann@example.com",)]


def test_the_release_is_published_where_postgresql_is_not_reached(
    cli: Cli, data: Path, mirror: Database
) -> None:
    settled = settings(write_warehouse(data), mirror) | {"MX_PUBLISH_PASSWORD": "another"}

    done = cli("publish", **settled)

    [line] = done.stderr.splitlines()
    assert (done.returncode, "password authentication failed" in line) == (1, True)
    assert "another" not in line
    assert (data / "serve" / "current").readlink() == Path("releases/1")


@pytest.mark.parametrize("option", ["--full", "--reader=analysts"])
def test_an_option_of_postgresql_without_an_address_is_refused(cli: Cli, option: str) -> None:
    done = cli("publish", option)

    [line] = done.stderr.splitlines()
    assert (done.returncode, "MX_PUBLISH_TO or --to: expected" in line) == (2, True)
