"""Nothing of an erased user is left in warehouse, releases and mirrors."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest

from ingest.erasure.elsewhere import Elsewhere
from ingest.erasure.erase import Work, end
from ingest.erasure.outcome import Outcome
from ingest.openpgp.keyring import Keyring
from ingest.store.index.catch_up import open_state
from ingest.warehouse.publish.postgres.server import read_target
from ingest.warehouse.publish.releases_on_disk import Releases
from ingest.warehouse.publish.serving import Serving
from ingest.warehouse.replay import verify_warehouse
from tests.erasure.conftest import traces
from tests.support.postgres import PASSWORD, Database, Postgres
from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.status import RULES
from tests.support.world import publish_world
from tests.warehouse.publish.warehouse import serving


@pytest.fixture
def world(tmp_path: Path, keyring: Keyring, receiver_key: Receiver) -> Path:
    """A sample world of some days, built and published."""
    return make_world(tmp_path, keyring, receiver_key, serving=serving())


def make_world(folder: Path, keyring: Keyring, made: Receiver, *, serving: Serving) -> Path:
    return publish_world(
        folder,
        keyring=keyring,
        recipient=made.fingerprint,
        serving=serving,
        seed=7,
        users=4,
        days=3,
        start=date(2026, 1, 2),
    )


def person_of(data: Path) -> tuple[str, list[bytes]]:
    """Choose the user with the most transactions, and give values that nobody else has."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as database:
        [(guid,)] = database.execute(
            "select user_guid from state.transactions where user_guid is not null "
            "group by user_guid order by count(*) desc, user_guid limit 1"
        ).fetchall()
        owned = database.execute(
            "select guid from state.transactions where user_guid = $1 "
            "union select guid from state.accounts where user_guid = $1 "
            "union select guid from state.members where user_guid = $1 "
            "union select email from state.users where guid = $1",
            [guid],
        ).fetchall()
    return guid, [guid.encode(), *(value.encode() for (value,) in owned if value)]


def test_nothing_of_an_erased_user_is_left_in_tables_and_releases(
    world: Path, keyring: Keyring
) -> None:
    user, values = person_of(world)
    (world / "spark").mkdir()
    before = traces(world, keyring, values)
    assert {"warehouse.duckdb", "serve/releases/1/warehouse.duckdb"} <= before.keys()
    work = Work(data=world, keyring=keyring, rules=RULES)
    elsewhere = Elsewhere(data=world, serving=serving())
    foreseen = Outcome(client_guid="")
    elsewhere.preview(foreseen)

    outcome = work.erase(user, client=None, requested_by="a test")
    elsewhere.remove(outcome, end=partial(end, data=world, rules=RULES))

    assert traces(world, keyring, values) == {}
    assert (outcome.releases, outcome.is_built) == ([1], True)
    assert (
        (foreseen.releases, foreseen.removed)
        == ([1], ["dbt", "spark"])
        == (
            outcome.releases,
            outcome.removed,
        )
    )
    assert Releases(world / "serve").numbers() == [2]
    assert verify_warehouse(world)[1] == []
    with open_state(world / "ledger") as state:
        assert state.meta.erasures == []
    with duckdb.connect(str(world / "serve" / "warehouse.duckdb"), read_only=True) as release:
        [(users,)] = release.execute("select count(*) from main.users").fetchall()
    assert users > 0


def test_no_page_of_postgresql_keeps_an_erased_user(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver, postgres_server: Postgres
) -> None:
    """Deleted rows stay in a table's file until it is written anew. The log of writes is another
    matter, and goes by itself."""
    database = postgres_server.make_database()
    target = read_target(database.url(), is_full=True, reader=database.reader, password=PASSWORD)
    sends = replace(serving(), target=target)
    world = make_world(tmp_path, keyring, receiver_key, serving=sends)
    user, values = person_of(world)
    assert pages_with(database, values)

    outcome = Work(data=world, keyring=keyring, rules=RULES).erase(
        user, client=None, requested_by="a test"
    )
    Elsewhere(data=world, serving=sends).remove(outcome)

    assert pages_with(database, values) == []
    assert database.ask("select count(*) from main.users") != [(0,)]
    [line] = outcome.sent
    assert f"/{database.name} shows the new release; all " in line


def pages_with(database: Database, values: list[bytes]) -> list[Path]:
    """Name the files of a database in which one of the values is."""
    database.administer("checkpoint")
    [(number,)] = database.ask("select oid from pg_database where datname = current_database()")
    files = list((database.folder / "data" / "base" / str(number)).iterdir())
    return [path for path in files if any(value in path.read_bytes() for value in values)]


def test_an_erasure_that_is_killed_while_it_builds_and_publishes_can_be_ended(
    world: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    """Readers keep a release meanwhile."""
    user, values = person_of(world)
    settings = os.environ | {
        "MX_DATA": str(world),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }

    def die(step: str, when: str, *arguments: str) -> int:
        command = [sys.executable, "-m", "tests.chaos.victim", step, when, "erase", *arguments]
        return subprocess.run(command, env=settings, capture_output=True, check=False).returncode

    assert die("remove what builds have made", "after", user) == -9
    assert (world / "serve" / "warehouse.duckdb").exists()
    assert die("set an old release aside", "before", "--resume") == -9
    assert Releases(world / "serve").numbers() == [1, 2]

    ended = [sys.executable, "-m", "ingest", "erase", "--resume"]
    done = subprocess.run(ended, env=settings, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert traces(world, keyring, values) == {}
    assert Releases(world / "serve").numbers() == [3]
