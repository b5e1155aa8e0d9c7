"""The comparison of a warehouse with the truth finds every kind of difference."""

from pathlib import Path

import duckdb
import pytest

from tests.truth import compare_truth

TRUTH = """\
{"table": "users", "columns": {"guid": "varchar", "seen_at": "timestamptz", "born_on": "date", \
"worth": "decimal(18,2)", "tags": "varchar[]", "_client_guid": "varchar"}}
{"table": "users", "row": {"guid": "u1", "seen_at": "2026-01-01T00:00:00.500000Z", \
"born_on": "1990-02-03", "worth": "1.50", "tags": ["a"], "_client_guid": "c"}}
{"table": "users", "row": {"guid": "u2", "seen_at": null, "born_on": null, "worth": null, \
"tags": null, "_client_guid": "c"}}
"""
USERS = """
create table users (guid varchar, seen_at timestamptz, born_on date, worth decimal(18, 2),
                    tags varchar[], _client_guid varchar);
insert into users values
    ('u1', '2026-01-01 00:00:00.5+00', '1990-02-03', 1.5, ['a'], 'c'),
    ('u2', null, null, null, null, 'c');
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", None),
        ("create table other (a int)", "other: expected no such table"),
        ("drop table users", "users: expected a table, found none"),
        ("alter table users add column extra int", "users: expected the columns"),
        (
            "alter table users alter worth type decimal(18, 3)",
            "users.worth: expected decimal(18,2)",
        ),
        ("delete from users where guid = 'u2'", "users: expected row ('c', 'u2'), found none"),
        (
            "insert into users (guid, _client_guid) values ('u3', 'c')",
            "expected no row ('c', 'u3')",
        ),
        ("insert into users from users where guid = 'u2'", "users: expected no row ('c', 'u2')"),
        ("update users set worth = 2 where guid = 'u1'", "expected '1.50', found '2.00'"),
        ("update users set worth = 0 where guid = 'u2'", "expected None, found '0.00'"),
        ("update users set tags = [] where guid = 'u1'", "expected ['a'], found []"),
        ("update users set seen_at = null", "users.seen_at of ('c', 'u1')"),
    ],
)
def test_a_difference_is_reported(tmp_path: Path, change: str, expected: str | None) -> None:
    truth, warehouse = tmp_path / "truth.jsonl", tmp_path / "warehouse.duckdb"
    truth.write_text(TRUTH)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(USERS + change)
    differences = compare_truth(truth, warehouse)
    if expected is None:
        assert differences == []
    else:
        assert any(expected in difference for difference in differences), differences
