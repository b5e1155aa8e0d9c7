"""docs/postgresql.md is true: set up as written, then read by several drivers over TLS."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.readers.environments import ROOT, environment_folder, java_command, run_program
from tests.readers.published import MASK_KEY, Serve
from tests.readers.superset import Superset
from tests.support.postgres import Database, Postgres

GUIDE: Final = (ROOT / "docs" / "postgresql.md").read_text()
PUBLISHER, READER = "one password", "another password"
"""As the guide sets them."""
ASKED: Final = "select release from ops.mirror"
BALANCE: Final = "select sum(balance) from main.accounts"
JAVA: Final = """
import java.sql.DriverManager;
import java.util.Properties;

public class Read {
    public static void main(String[] args) throws Exception {
        var settings = new Properties();
        settings.setProperty("user", "analysts");
        settings.setProperty("password", args[2]);
        settings.setProperty("sslmode", "verify-full");
        settings.setProperty("sslrootcert", args[1]);
        try (var connection = DriverManager.getConnection(args[0], settings);
             var statement = connection.createStatement()) {
            var answer = statement.executeQuery(args[3]);
            answer.next();
            System.out.println(answer.getString(1));
            var keys = connection.getMetaData().getPrimaryKeys(null, "main", "users");
            while (keys.next()) System.out.println(keys.getString("COLUMN_NAME"));
            var tables = connection.getMetaData().getTables(null, "main", "users", null);
            tables.next();
            System.out.println(tables.getString("REMARKS").isEmpty() ? "no comment" : "a comment");
        }
    }
}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", GUIDE, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mirror:
    """The database `mx` of the guide, and the folder from which people ask it."""

    postgres: Postgres
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What leads the guide's host to this machine; tools take the rest from their own text."""
        path = f"{environment_folder('notebook') / 'bin'}:{os.environ['PATH']}"
        where = {"PGHOSTADDR": "127.0.0.1", "PGPORT": str(self.postgres.port)}
        return {"PATH": path, "HOME": str(self.folder), "PGPASSWORD": READER} | where

    def call(self, *command: str, **more: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self, serve: Serve) -> str:
        """Publish as the guide says."""
        [block] = [each for each in blocks("sh") if each.startswith("ingest publish --to")]
        more = {"MX_DATA": str(serve.data), "MX_MASK_KEY": MASK_KEY, "PGPASSWORD": ""}
        more |= {"PGSSLROOTCERT": "ca.pem", "MX_PUBLISH_PASSWORD": PUBLISHER}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return self.call("sh", "-c", block, **more, PATH=path)


@pytest.fixture(scope="module")
def mirror(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres, serve: Serve
) -> Mirror:
    folder = tmp_path_factory.mktemp("mirror")
    (folder / "ca.pem").write_bytes((postgres_server.folder / "ca.crt").read_bytes())
    (folder / "ca.pem").chmod(0o644)
    statements = next(each for each in blocks("sql") if each.startswith("create role"))
    admin = Database("postgres", postgres_server.port, postgres_server.folder)
    admin.administer(*filter(str.strip, statements.split(";\n")))
    made = Mirror(postgres_server, folder)
    assert f"shows release {serve.release}, masked: " in made.publish(serve)
    return made


def test_psql_reads_as_written(mirror: Mirror, serve: Serve) -> None:
    [block] = [each for each in blocks("sh") if each.startswith("psql ")]

    assert f" {serve.release}\n" in mirror.call("sh", "-c", block)


def test_sqlalchemy_reads_as_written(mirror: Mirror, serve: Serve) -> None:
    [block] = blocks("python")

    assert mirror.call("python", "-W", "error", "-c", block) == f"{serve.release}\n"


def test_psql_finds_tables_without_their_schema_and_their_comments(mirror: Mirror) -> None:
    where = "postgresql://analysts@db.example.com/mx?sslmode=verify-full&sslrootcert=ca.pem"

    listed = mirror.call("psql", where, "-c", r"\dt+", "-c", r"\d transactions")

    assert re.search(r"main +\| transactions +\| table", listed)
    assert "PRIMARY KEY, btree (guid, _client_guid)" in listed
    assert "btree (account_guid)" in listed


def test_odbc_reads_over_tls_that_it_verifies(mirror: Mirror, serve: Serve) -> None:
    [settings] = [block for block in blocks("ini") if "Driver" in block]
    (mirror.folder / "odbc.ini").write_text(settings + f"Port = {mirror.postgres.port}\n")
    ask = f"echo '{ASKED}' | isql -b -d, mx"

    found = mirror.call("sh", "-c", ask, ODBCINI=str(mirror.folder / "odbc.ini"))

    assert found.split() == [str(serve.release)]


def test_jdbc_reads_over_tls_that_it_verifies(mirror: Mirror, serve: Serve, tmp_path: Path) -> None:
    url = f"jdbc:postgresql://localhost:{mirror.postgres.port}/mx"
    command = java_command(tmp_path, JAVA, url, "ca.pem", READER, ASKED)

    expected = [str(serve.release), "_client_guid", "guid", "a comment"]
    assert sorted(mirror.call(*command).splitlines()) == sorted(expected)


def test_who_does_not_verify_is_refused_without_tls(mirror: Mirror) -> None:
    where = "postgresql://analysts@db.example.com/mx?sslmode=disable"

    with pytest.raises(AssertionError, match="no encryption"):
        mirror.call("psql", where, "-c", ASKED)


def test_superset_shows_each_release(mirror: Mirror, serve: Serve, bi: Superset) -> None:
    where = f"db.example.com:{mirror.postgres.port}/mx"
    query = f"sslmode=verify-full&sslrootcert={mirror.folder}/ca.pem&hostaddr=127.0.0.1"
    uri = f"postgresql+psycopg2://analysts:{READER.replace(' ', '%20')}@{where}?{query}"
    database = bi.add_database("PostgreSQL", uri=uri, extra={})
    before = bi.query(ASKED, database=database)

    new = serve.publish()
    mirror.publish(serve)

    assert before == [{"release": new - 1}]
    assert bi.query(ASKED, database=database) == [{"release": new}]
    dataset = bi.add_dataset("accounts", database=database)
    assert chart_sum(bi, dataset) == pytest.approx(float(balance(serve)))


def chart_sum(bi: Superset, dataset: int) -> float:
    metric = {"expressionType": "SQL", "sqlExpression": "sum(balance)", "label": "balance"}
    question = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": [], "metrics": [metric]}],
    }
    [row] = bi.call("chart/data", question)["result"][0]["data"]
    return float(row["balance"])


def balance(serve: Serve) -> str:
    asked = run_program("sum", serve.masked, BALANCE, environment="duckdb-1.4")
    return str(json.loads(asked))


def test_readers_at_work_see_each_release_complete(mirror: Mirror, serve: Serve) -> None:
    """A transaction stays on its release while two publishes pass it by."""
    rows = "select count(*), min(revision), max(revision) from main.transactions"
    address = f"host=db.example.com port={mirror.postgres.port} dbname=mx user=analysts"
    secure = f"sslmode=verify-full sslrootcert={mirror.folder}/ca.pem hostaddr=127.0.0.1"
    mirror.publish(serve)
    with psycopg.connect(f"{address} {secure}", password=READER) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        [(old,)] = reader.execute(ASKED).fetchall()
        for _ in range(2):
            serve.publish()
            mirror.publish(serve)
        [(count, lowest, highest)] = reader.execute(rows).fetchall()

    assert count > 0
    assert lowest == highest == old == serve.release - 2
