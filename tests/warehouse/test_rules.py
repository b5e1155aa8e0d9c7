"""The tests that run with every build find what breaks the rules of the tables."""

import re
import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa

from tests.warehouse.conftest import dbt_call, run_dbt
from tests.warehouse.landing import CLIENT, Landing, daily_file

OLD_BREACHES = (
    "insert into state.users from state.users where guid = 'u1'",
    "update history.accounts set _version = 7",
    "insert into main.members from main.members",
)
OLD_FINDINGS = {
    "state.users: expected one row a key",
    "state.users: expected one row a place",
    "state.accounts: expected versions in order",
    "main.members: expected one row a key",
    "main.members: expected one row a place",
}
NEW_BREACH = "insert into ops.hidden_users select _client_guid, user_guid from main.tags"
NEW_FINDING = "main.tags: expected no hidden owner"


def _land(landing: Landing, name: str, *rows: dict[str, str], day: int = 1) -> None:
    schema = {column: pa.string() for column in rows[0]}
    landing.land(daily_file(name, day=day), list(rows), schema=schema)


def _change(landing: Landing, *statements: str) -> None:
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        for statement in statements:
            warehouse.execute(statement)


def _failures(command: str, *, tmp_path: Path) -> tuple[set[str], set[str]]:
    """Run dbt to a bad end, and return which tests failed and which tables broke which rule."""
    call = dbt_call(command, "--quiet", target=tmp_path / "target", cwd=tmp_path)
    done = subprocess.run(**call, capture_output=True, text=True, check=False)
    tests = set(re.findall(r"Failure in test (\w+)", done.stdout))
    return tests, set(re.findall(r"\w+\.\w+: expected [\w ]+", done.stdout))


def _land_and_build(tmp_path: Path) -> Landing:
    landing = Landing(tmp_path / "data")
    _land(landing, "users.created", {"guid": "u1"}, {"guid": "u2"})
    _land(landing, "members.created", {"guid": "m1", "user_guid": "u1"})
    _land(landing, "accounts.created", {"guid": "a1", "user_guid": "u1", "member_guid": "m1"})
    run_dbt("build", target=tmp_path / "target", cwd=tmp_path)
    return landing


def test_a_breach_fails_the_tests_and_what_was_seen_before_is_not_looked_at_again(
    tmp_path: Path,
) -> None:
    landing = _land_and_build(tmp_path)
    _change(landing, *OLD_BREACHES)
    _land(landing, "tags.created", {"guid": "t1", "user_guid": "u2"})
    run_dbt("build", target=tmp_path / "target", cwd=tmp_path)
    _change(landing, NEW_BREACH)

    tests, findings = _failures("test", tmp_path=tmp_path)

    assert tests == {"state_keeps_the_rules", "main_keeps_the_rules"}
    assert findings == OLD_FINDINGS | {NEW_FINDING}


def test_a_breach_of_what_a_build_wrote_fails_until_it_is_mended(tmp_path: Path) -> None:
    landing = _land_and_build(tmp_path)
    _land(landing, "tags.created", {"guid": "t1", "user_guid": "u2"})
    run_dbt("run", target=tmp_path / "target", cwd=tmp_path)
    _change(landing, NEW_BREACH)

    first = _failures("build", tmp_path=tmp_path)
    second = _failures("build", tmp_path=tmp_path)
    _change(landing, "delete from ops.hidden_users")
    run_dbt("build", target=tmp_path / "target", cwd=tmp_path)

    assert first == second == ({"main_keeps_the_rules"}, {NEW_FINDING})


def test_owners_that_no_file_has_brought_are_named(tmp_path: Path) -> None:
    landing = _land_and_build(tmp_path)
    _land(landing, "tags.created", {"guid": "t1", "user_guid": "u9"})

    printed = run_dbt("build", "--quiet", target=tmp_path / "target", cwd=tmp_path)

    assert f"main.tags: expected user_guid among users, found 1 breaches: {CLIENT}, u9" in printed
