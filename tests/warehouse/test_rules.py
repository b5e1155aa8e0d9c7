"""The tests that run with every build find what breaks the rules of the tables."""

import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa

from tests.warehouse.conftest import dbt_call, run_dbt
from tests.warehouse.landing import Landing, daily_file

BREACHES = {
    "keeps_the_rules_state_users_": "insert into state.users from state.users where guid = 'u1'",
    "keeps_the_rules_state_accounts_": "update history.accounts set _version = 7",
    "keeps_the_rules_members_": "insert into main.members from main.members",
    "keeps_the_rules_accounts_": "insert into ops.hidden_members select _client_guid, 'm1' "
    "from main.accounts",
}


def _land(landing: Landing, name: str, *rows: dict[str, str], day: int = 1) -> None:
    schema = {column: pa.string() for column in rows[0]}
    landing.land(daily_file(name, day=day), list(rows), schema=schema)


def _failed_tests(tmp_path: Path) -> set[str]:
    call = dbt_call("test", target=tmp_path / "target", cwd=tmp_path)
    done = subprocess.run(**call, capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines() if " FAIL " in line]
    return {line[line.index("FAIL") + 2] for line in lines}


def test_a_breach_fails_the_tests_and_what_was_seen_before_is_not_looked_at_again(
    tmp_path: Path,
) -> None:
    landing = Landing(tmp_path / "data")
    _land(landing, "users.created", {"guid": "u1"}, {"guid": "u2"})
    _land(landing, "members.created", {"guid": "m1", "user_guid": "u1"})
    _land(landing, "accounts.created", {"guid": "a1", "user_guid": "u1", "member_guid": "m1"})
    run_dbt("build", target=tmp_path / "target", cwd=tmp_path)
    assert _failed_tests(tmp_path) == set()
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        for breach in BREACHES.values():
            warehouse.execute(breach)

    _land(landing, "tags.created", {"guid": "t1", "user_guid": "u2"})
    run_dbt("build", "--exclude", "accounts", target=tmp_path / "target", cwd=tmp_path)

    assert _failed_tests(tmp_path) == BREACHES.keys()
