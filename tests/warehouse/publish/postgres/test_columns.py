"""Every type and value of a release is in PostgreSQL what DuckDB has, or is told."""

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.warehouse.publish.postgres.columns import postgres_name
from tests.warehouse.publish.postgres.releases import Served

VALUES = {
    "tinyint": ("cast(-7 as tinyint)", "bigint", "-7"),
    "int": ("cast(42 as integer)", "bigint", "42"),
    "ubigint": ("cast(18446744073709551615 as ubigint)", "numeric(20,0)", "18446744073709551615"),
    "hugeint": (
        "cast('-170141183460469231731687303715884105728' as hugeint)",
        "numeric(39,0)",
        "-170141183460469231731687303715884105728",
    ),
    "boolean": ("true", "boolean", "true"),
    "float": ("cast(0.1 as float)", "double precision", "0.10000000149011612"),
    "double": ("cast(1e300 as double)", "double precision", "1e+300"),
    "nan": ("cast('nan' as double)", "double precision", "NaN"),
    "infinite": ("cast('-inf' as double)", "double precision", "-Infinity"),
    "money": ("cast('-1234567.89' as decimal(18,2))", "numeric(18,2)", "-1234567.89"),
    "precise": (
        "cast('12345678901234567890123456789.123456789' as decimal(38,9))",
        "numeric(38,9)",
        "12345678901234567890123456789.123456789",
    ),
    "text": (r"'a\b' || chr(9) || 'ü€𝄞' || chr(10) || chr(13) || '\N'", "text", "a\\b\tü€𝄞\n\r\\N"),
    "empty": ("''", "text", ""),
    "day": ("date '2026-02-28'", "date", "2026-02-28"),
    "day_bc": ("date '0044-03-15 (BC)'", "date", "0044-03-15 BC"),
    "far_day": ("date '12345-01-01'", "date", "12345-01-01"),
    "never": ("cast('infinity' as date)", "date", "infinity"),
    "time": ("time '23:59:59.999999'", "time without time zone", "23:59:59.999999"),
    "moment": (
        "timestamptz '2026-01-01 00:00:00.123456+05'",
        "timestamp with time zone",
        "2025-12-31 19:00:00.123456+00",
    ),
    "moment_bc": (
        "timestamptz '0044-03-15 (BC) 12:00:00+00'",
        "timestamp with time zone",
        "0044-03-15 12:00:00+00 BC",
    ),
    "local": (
        "timestamp '2026-01-01 00:00:00'",
        "timestamp without time zone",
        "2026-01-01 00:00:00",
    ),
    "nanoseconds": (
        "cast('2026-01-01 00:00:00.123456789' as timestamp_ns)",
        "timestamp without time zone",
        "2026-01-01 00:00:00.123457",
    ),
    "interval": ("interval '1 month 3 days 4 hours'", "interval", "1 mon 3 days 04:00:00"),
    "uuid": (
        "cast('0a0a0a0a-0000-4000-8000-000000000001' as uuid)",
        "uuid",
        "0a0a0a0a-0000-4000-8000-000000000001",
    ),
    "bytes": (r"'\x00\xFF\x5C'::blob", "bytea", r"\x00ff5c"),
    "enum": ("cast('b' as enum('a', 'b'))", "text", "b"),
    "list": ("['a', null, 'c\"\\']", "jsonb", r'["a", null, "c\"\\"]'),
    "record": (
        "{'n': 1.50::decimal(4, 2), 'big': 12345678901234567890.5::decimal(38, 1), 'x': null}",
        "jsonb",
        '{"n": 1.5, "x": null, "big": 12345678901234567890.5}',
    ),
    "map": ("map {'k': 1}", "jsonb", '{"k": 1}'),
    "json": ("""'{"b": [1, 2]}'::json""", "jsonb", '{"b": [1, 2]}'),
    "no_number": ("{'a': 'nan'::double, 'b': 'NaN \"'}", "jsonb", r'{"a": "NaN", "b": "NaN \""}'),
    "slash_u": (r"['\u0000']", "jsonb", r'["\\u0000"]'),
}
MISFITS = {
    "nul": ("'a' || chr(0) || 'b'", "a\ufffdb"),
    "nul_inside": (r"['\' || chr(0) || chr(0)]", '["\\\\\ufffd\ufffd"]'),
    "ancient": ("date '9000-01-01 (BC)'", "-infinity"),
    "distant": ("date '5881000-01-01'", "infinity"),
    "ancient_moment": ("timestamptz '9000-01-01 (BC) 00:00:00+00'", "-infinity"),
}


def table(values: dict[str, str]) -> str:
    """Make a table of one row with values, and one with nulls."""
    columns = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    nulls = ", ".join("null" for _ in values)
    return f"create table t as select {columns} union all select {nulls}"


def test_every_type_has_its_own_and_every_value_is_the_same(served: Served) -> None:
    mirrored = served.publish(table({name: value for name, (value, _, _) in VALUES.items()}))

    shown = ", ".join(f'"{name}"::text' for name in VALUES)
    notnull = 'where "int" is not null'
    [row] = served.database.ask(f"select {shown} from main.t {notnull}")
    kinds = ", ".join(f'pg_typeof("{name}")::text' for name in VALUES)
    [found] = served.database.ask(f"select {kinds} from main.t {notnull}")
    plain = {name: kind.partition("(")[0] for name, (_, kind, _) in VALUES.items()}
    assert dict(zip(VALUES, row, strict=True)) == {
        name: text for name, (_, _, text) in VALUES.items()
    }
    assert dict(zip(VALUES, found, strict=True)) == plain
    assert mirrored.values_changed == {}
    [nulls] = served.database.ask('select to_jsonb(t) from main.t as t where "int" is null')
    assert set(nulls[0].values()) == {None}


def test_decimals_keep_their_scale(served: Served) -> None:
    served.publish(table({name: value for name, (value, _, _) in VALUES.items()}))

    query = """
        select attname, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = 'main.t'::regclass and attname in ('money', 'precise')
    """
    assert dict(served.database.ask(query)) == {
        "money": "numeric(18,2)",
        "precise": "numeric(38,9)",
    }


def test_values_that_postgresql_does_not_have_are_replaced_and_told(served: Served) -> None:
    mirrored = served.publish(table({name: value for name, (value, _) in MISFITS.items()}))

    shown = ", ".join(f"{name}::text" for name in MISFITS)
    [row] = served.database.ask(f"select {shown} from main.t where nul is not null")
    assert dict(zip(MISFITS, row, strict=True)) == {
        name: text for name, (_, text) in MISFITS.items()
    }
    assert mirrored.values_changed == {"main.t": len(MISFITS)}
    assert "main.t: PostgreSQL cannot hold 5 of the values; NUL became U+FFFD" in mirrored.text()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=9)
)
def test_any_text_comes_back(served: Served, texts: list[str]) -> None:
    path = served.data / "texts.duckdb"
    path.unlink(missing_ok=True)
    served.data.mkdir(exist_ok=True)
    with duckdb.connect(path) as database:
        database.execute("create table texts as select unnest($1::varchar[]) as t", [texts])

    served.publish(
        f"attach '{path}' as source (read_only)",
        "create table t as select t, [t] as inside from source.texts",
    )

    rows = served.database.ask("select t, inside ->> 0 from main.t")
    assert sorted(rows) == sorted((text, text) for text in texts)


LONG = "a_field_whose_name_is_longer_than_what_postgresql_can_hold_in_its_names"
NAMES = [LONG + "_1", LONG + "_2", "é" * 32, "xmin", "select", "Mixed", "mixed_", 'quo"te', "100%"]


def test_names_that_postgresql_cannot_hold_get_a_suffix_and_a_comment(served: Served) -> None:
    columns = ", ".join(
        f'{n} as "{name.replace(chr(34), chr(34) * 2)}"' for n, name in enumerate(NAMES)
    )
    served.publish(f"create table t as select {columns}")

    query = """
        select attname, col_description(attrelid, attnum) from pg_attribute
        where attrelid = 'main.t'::regclass and attnum > 0 order by attnum
    """
    found = dict(served.database.ask(query))
    assert list(found) == list(map(postgres_name, NAMES))
    assert served.database.ask("select * from main.t") == [tuple(range(len(NAMES)))]
    renamed = [name for name in NAMES if postgres_name(name) != name]
    assert renamed == NAMES[:4]
    assert {found[postgres_name(name)] for name in renamed} == {
        f"Called {name} in the release" for name in renamed
    }
    assert all(len(name.encode()) <= 63 for name in found)


def test_keys_owners_and_comments_are_those_of_the_release(served: Served) -> None:
    served.publish(
        "create schema history; create schema marts",
        "create table users as select 'U' as guid, 'C' as _client_guid",
        "comment on table users is 'One row per user''s key'",
        "comment on column users.guid is 'Key'",
        "create table accounts as select null as guid, 'C' as _client_guid, 'U' as user_guid",
        "create table analytics_events as select 'f' as _source_file, 1 as _row_number",
        "create table history.transactions as "
        "select 'T' as guid, 'C' as _client_guid, 1 as _version, 'A' as account_guid",
        "create table marts.net_worth_by_month as "
        "select 'C' as client_guid, 'U' as user_guid, 1 as month, 'EUR' as currency_code",
    )

    query = """
        select schemaname || '.' || tablename, indexdef from pg_indexes
        where schemaname in ('main', 'history', 'marts')
    """
    found = {
        (table, definition.partition("btree ")[2], "UNIQUE" in definition)
        for table, definition in served.database.ask(query)
    }
    assert found == {
        ("main.users", "(guid, _client_guid)", True),
        ("main.accounts", "(guid, _client_guid)", False),  # a null is in its key
        ("main.accounts", "(user_guid)", False),
        ("main.analytics_events", "(_source_file, _row_number)", True),
        ("history.transactions", "(guid, _client_guid, _version)", True),
        ("history.transactions", "(account_guid)", False),
        ("marts.net_worth_by_month", "(client_guid, user_guid, month, currency_code)", False),
    }
    said = (
        "select obj_description('main.users'::regclass), col_description('main.users'::regclass, 1)"
    )
    assert served.database.ask(said) == [("One row per user's key", "Key")]


def test_a_comment_is_changed_alone(served: Served) -> None:
    users = "create table users as select 'U' as guid"
    served.publish(users, "comment on column users.guid is 'Old'")

    mirrored = served.publish(users, "comment on column users.guid is 'New'")

    said = "select col_description('main.users'::regclass, 1)"
    assert served.database.ask(said) == [("New",)]
    assert mirrored.changed_tables == ["ops.release"]
