"""The masked release: whom a value is of nobody can read in it, and joins still hold."""

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from ingest.warehouse.models.catalogue import Privacy, read_catalogue
from ingest.warehouse.publish.mask import Mask, masked
from ingest.warehouse.publish.release import publish
from sample.send.schema import read_catalogue as read_sample_catalogue
from tests.warehouse.publish.warehouse import (
    KEY,
    build_again,
    list_as_published,
    served,
    serving,
    write_warehouse,
)

TELLING = 6
"""A shorter value is anywhere by chance."""


def hashed(text: str) -> str:
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def values(database: duckdb.DuckDBPyConnection, *classes: Privacy | None) -> set[str]:
    """Take every value of the columns of these classes, as text."""
    catalogue, found = read_catalogue(), set()
    query = """
        select schema_name, table_name, column_name from duckdb_columns()
        where schema_name in ('main', 'history', 'ops', 'marts') and not internal
    """
    for schema, table, column in database.execute(query).fetchall():
        if catalogue.table(schema, table).column(column).privacy in classes:
            asked = f'select distinct cast("{column}" as varchar) from {schema}."{table}"'
            found |= {value for (value,) in database.execute(asked).fetchall() if value}
    return {value for value in found if len(value) >= TELLING}


def bytes_of(database: duckdb.DuckDBPyConnection) -> bytes:
    """All that is in a file: its bytes, and its rows, as values may be packed."""
    [(path,)] = database.execute("select path from duckdb_databases() limit 1").fetchall()
    tables = database.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    queries = [f'select cast(each as varchar) from {s}."{n}" as each' for s, n in tables]
    rows = [row for query in queries for (row,) in database.execute(query).fetchall()]
    return Path(path).read_bytes() + "\n".join(rows).encode()


def test_no_personal_value_is_in_the_masked_file_and_all_are_in_the_full_one(sample: Path) -> None:
    with served(sample) as full, served(sample, "warehouse_masked") as hidden:
        secret = values(full, Privacy.PERSONAL, Privacy.SENSITIVE, None)
        told = " ".join([*values(full, Privacy.NONE), *comments(full)])
        in_full, in_masked = bytes_of(full), bytes_of(hidden)

    telling = {value for value in secret if value not in told}
    assert len(telling) > 100
    assert any("@example.com" in value for value in telling)
    assert {value for value in telling if value.encode() in in_masked} == set()
    assert {value for value in telling if value.encode() not in in_full} == set()


def comments(database: duckdb.DuckDBPyConnection) -> list[str]:
    """Words of a description may be a value, too."""
    query = "select comment from duckdb_columns() where comment is not null"
    return [comment for (comment,) in database.execute(query).fetchall()]


def test_a_personal_column_is_hashed_so_that_joins_still_work(small: Path) -> None:
    publish(small, serving=serving())

    with served(small, "warehouse_masked") as database:
        joined = "select users.id, email from users join accounts on users.id = accounts.user_id"
        assert database.execute(joined).fetchall() == [
            (hashed("partner-1"), hashed("ann@example.com"))
        ]


def test_sensitive_and_unclassed_columns_are_absent(small: Path) -> None:
    publish(small, serving=serving())

    with served(small, "warehouse_masked") as database:
        columns = "select table_name || '.' || column_name from duckdb_columns() where not internal"
        found = {name for (name,) in database.execute(columns).fetchall()}
    assert not found & {"users.nobody_classed", "accounts.account_number"}
    assert {"users.guid", "users.id", "accounts.user_id", "deliveries.client_guid"} <= found


def test_a_table_of_which_nothing_may_be_shown_is_absent(data: Path) -> None:
    create = "create table marts.unclassed as select 'U1' as guid"
    write_warehouse(data, create, list_as_published(("marts", "unclassed")))
    publish(data, serving=serving())

    for name, expected in [("warehouse", [("unclassed",)]), ("warehouse_masked", [])]:
        with served(data, name) as database:
            query = "select table_name from duckdb_tables() where schema_name = 'marts'"
            assert database.execute(query).fetchall() == expected


@pytest.mark.parametrize("key", ["k" * 16, "k" * 64, "k" * 65, "schlüssel" * 20], ids=len)
def test_the_hash_is_hmac_sha_256(key: str) -> None:
    cases = ["", "ann@example.com", "Łucja", "x" * 300]
    query = f"select {masked('text')} from (select unnest($cases) as text)"

    with duckdb.connect() as database:
        rows = database.execute(query, Mask(key.encode()).bound() | {"cases": cases}).fetchall()

    digests = [hmac.new(key.encode(), each.encode(), hashlib.sha256) for each in cases]
    assert [value for (value,) in rows] == [each.hexdigest() for each in digests]


def test_null_stays_null_and_other_types_are_hashed_as_text(small: Path) -> None:
    statement = "alter table main.users add column birthday date default date '1990-01-31'"
    build_again(small, "2", statement, "update main.users set email = null")
    publish(small, serving=serving())

    with served(small, "warehouse_masked") as database:
        found = database.execute("select email, birthday from users").fetchall()
    assert found == [(None, hashed("1990-01-31"))]


def test_the_key_is_nowhere_on_disk(sample: Path) -> None:
    files = [path for path in sample.parent.rglob("*") if path.is_file()]

    holding = [path for path in files if KEY.encode() in path.read_bytes()]

    assert (len(files) > 100, holding) == (True, [])


def test_the_key_shows_in_no_repr() -> None:
    assert KEY not in repr(serving())


def test_every_column_of_the_catalogue_is_classed() -> None:
    catalogue = read_catalogue()

    unclassed = {
        f"{resource}.{column}"
        for resource, columns in read_sample_catalogue().items()
        for column in columns
        if catalogue.table("main", resource).column(column).privacy is None
    }

    assert unclassed == set()


def test_every_described_column_of_a_published_table_is_classed(sample: Path) -> None:
    catalogue = read_catalogue()
    with duckdb.connect(sample / "warehouse.duckdb", read_only=True) as warehouse:
        listed = "select table_schema, table_name, model from ops.published_relations"
        relations = warehouse.execute(listed).fetchall()

    unclassed = {
        f"{schema}.{name}.{column}"
        for schema, name, model in relations
        for column, each in catalogue.table(schema, name, model).columns.items()
        if each.privacy is None
    }

    assert unclassed == set()
    assert len(relations) > 40
