"""Another machine's TLS is always verified, no secret is printed, and a fault is one line."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from ingest.errors import IngestError, PublishError, SettingsError
from ingest.warehouse.publish.postgres import server as postgres_server
from ingest.warehouse.publish.postgres.server import open_server, read_target, rows, run
from ingest.warehouse.publish.postgres.state import LOCK
from sample.serve.certificates import Authority
from tests.support.postgres import HOST, PASSWORD, Database
from tests.warehouse.publish.postgres.releases import USERS, Served


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "mysql://db.example.com/mx",
            "expected postgresql://user@host/database, found another form",
        ),
        ("postgresql://db.example.com/mx?nothing=1", "found one that libpq refuses"),
        ("postgresql://db.example.com", "found no database"),
        ("postgresql://me:s3cret@db.example.com/mx", "MX_PUBLISH_PASSWORD_FILE"),
        ("postgresql://me@db.example.com/mx?password=s3cret", "MX_PUBLISH_PASSWORD_FILE"),
        ("postgresql://db.example.com/mx?sslmode=disable", "sslmode=verify-full.* found disable"),
        ("postgresql://db.example.com/mx?sslmode=require", "sslmode=verify-full.* found require"),
        ("postgresql://localhost,db.example.com/mx?sslmode=prefer", "found prefer"),
        ("postgresql://localhost/mx?hostaddr=192.0.2.1&sslmode=prefer", "found prefer"),
        ("postgresql://localhost/mx?service=remote&sslmode=prefer", "found prefer"),
    ],
)
def test_a_wrong_address_is_refused_without_showing_it(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=rf"^MX_PUBLISH_TO: .*{told}") as raised:
        read_target(url, is_full=False)

    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://db.example.com/mx", "verify-full"),
        ("postgresql://db.example.com/mx?sslmode=verify-full", "verify-full"),
        ("postgresql://127.0.0.1/mx", "prefer"),
        ("postgresql://localhost/mx?sslmode=disable", "disable"),
        ("postgresql:///mx?host=/run/postgresql", "prefer"),
    ],
)
def test_tls_is_verified_but_on_this_machine(url: str, mode: str) -> None:
    assert read_target(url, is_full=False).connection["sslmode"] == mode


def test_a_host_in_the_environment_is_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", HOST)
    monkeypatch.setenv("PGSSLMODE", "disable")

    assert read_target("postgresql:///mx", is_full=False).connection["sslmode"] == "verify-full"


def failure(url: str, *, password: str = PASSWORD) -> str:
    target = read_target(url, is_full=False, password=password)
    with pytest.raises(PublishError) as raised, open_server(target):
        pass
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)


def test_a_server_with_another_name_is_refused(database: Database) -> None:
    told = failure(database.url(host="other.example.com"))

    assert 'server certificate for "db.example.com"' in told
    assert "does not match host name" in told


def test_a_server_of_another_authority_is_refused(database: Database, tmp_path: Path) -> None:
    other = tmp_path / "ca.crt"
    other.write_bytes(Authority("another").pem)

    told = failure(database.url().replace(str(database.authority), str(other)))

    assert "certificate verify failed" in told


def test_a_wrong_password_is_one_line_without_it(database: Database) -> None:
    told = failure(database.url(), password="not-this-one")

    assert "password authentication failed" in told
    assert "not-this-one" not in told
    assert told.startswith(f"postgresql://{HOST}:{database.port}/{database.name}: expected to publ")


def test_a_server_that_is_not_there_is_one_line(database: Database) -> None:
    with closing(create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    assert "Connection refused" in failure(database.url().replace(str(database.port), str(port)))


def test_a_database_that_cannot_hold_every_character_is_refused(database: Database) -> None:
    other = Database(f"{database.name}_latin", database.port, database.folder)
    database.administer(
        f"create database {other.name} template template0 encoding 'LATIN1' locale 'C'"
    )
    url = other.url(database.publisher)

    assert "expected a database in UTF8, found LATIN1; make another one" in failure(url)


@pytest.fixture
def publisher(served: Served) -> Iterator[Served]:
    served.publish(USERS.format(rows=2))
    yield served


def test_values_of_rows_are_in_no_message(publisher: Served) -> None:
    told = r"a value that it refuses \(SQLSTATE 22P02\)$"

    with pytest.raises(PublishError, match=told), open_server(publisher.target()) as server:
        run(server, "select 'Ann Example'::bigint")


def test_a_failure_leaves_everything_as_it_was(publisher: Served) -> None:
    database = publisher.database
    database.administer("alter table main.users add constraint few check (amount < 2)")
    publisher.release(USERS.format(rows=9))

    with pytest.raises(IngestError, match=r"a value that it refuses \(SQLSTATE 23514\) in users"):
        publisher.mirror()

    assert database.ask("select count(*), max(amount) from main.users") == [(2, 1)]
    assert database.ask("select release from ops.release") == [(1,)]


def test_a_publisher_without_rights_is_one_line(publisher: Served) -> None:
    target = read_target(
        publisher.database.url(publisher.database.reader), is_full=False, password=PASSWORD
    )

    told = r"permission denied .*\(SQLSTATE 42501\)"

    with pytest.raises(PublishError, match=told), open_server(target) as server:
        run(server, "create schema mine")


def test_a_second_publish_waits_for_the_first(
    publisher: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "LOCKS_WITHIN_S", 1)
    publisher.release(USERS.format(rows=3))
    with open_server(publisher.target()) as first:
        rows(first, f"select pg_advisory_xact_lock({LOCK})")
        with pytest.raises(PublishError, match="found a reader or another publish at work"):
            publisher.mirror()
    monkeypatch.setattr(postgres_server, "LOCKS_WITHIN_S", 60)
    with open_server(publisher.target()) as first:
        rows(first, f"select pg_advisory_xact_lock({LOCK})")
        second = threading.Thread(target=publisher.mirror)
        second.start()
    second.join(60)

    assert publisher.database.ask("select count(*) from main.users") == [(3,)]
