"""The tests that run with every build find what breaks the rules of the tables."""

import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.dbt_project.conftest import PROJECT, dbt_call
from tests.dbt_project.landing import Landing, daily_file

USERS = [{"guid": f"u{number}"} for number in range(1, 6)]
TAGS = [{"guid": "t1", "user_guid": "u1"}, {"guid": "t6", "user_guid": "u6"}]
BREACHES = {
    "a row twice": "insert into state.users from state.users where guid = 'u1'",
    "a row lost": "delete from state.users where guid = 'u2'",
    "a stale value": "update state.users set _snapshot_date = '2026-01-01', _source_file = "
    "replace(_source_file, '02.users.updated', '01.users.created') where guid = 'u3'",
    "a wrong live flag": "update state.users set _event_is_live = false where guid = 'u4'",
    "a shown row of a deleted user": "create or replace view main.tags as from state.tags",
}
WRONG_STATE = """\
with reduced as ({{ reduce_events(ref('stg_users')) }})
from reduced where guid not in ('u2', 'u4')
union all
from reduced where guid = 'u1'
union all
select * replace (not _event_is_live as _event_is_live) from reduced where guid = 'u4'
"""
STATE = "follows_its_events_state_users_ref_stg_users_"
MAIN = "hides_what_is_owned_tags_users"
OWNERS = "is_empty_unknown_owners_"


def _land(landing: Landing, name: str, *rows: dict[str, str], day: int = 1) -> None:
    schema = {column: pa.string() for column in rows[0]}
    landing.land(daily_file(name, day=day), list(rows), schema=schema)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """Five users, created and updated, and a deleted one; two of them have a tag."""
    landing = Landing(tmp_path / "data")
    _land(landing, "users.created", *USERS)
    _land(landing, "users.updated", *USERS, day=2)
    _land(landing, "users.deleted", {"guid": "u6"}, day=2)
    _land(landing, "tags.created", *TAGS)
    return landing


def _run(command: str, landing: Landing, *, project: Path = PROJECT) -> dict[str, int]:
    """Run dbt, and return the tests that warned or failed, with how many rows they found."""
    target = landing.data.parent / f"target-{project.name}"
    options = ["--exclude-resource-type", "unit_test"]
    call = dbt_call(command, *options, target=target, cwd=landing.data.parent, project=project)
    done = subprocess.run(**call, capture_output=True, text=True, check=False)
    assert " ERROR " not in done.stdout, done.stdout
    found = re.findall(r" of \d+ (?:FAIL|WARN) (\d+) (\w+)", done.stdout)
    assert done.returncode == (" FAIL " in done.stdout)
    return {name: int(count) for count, name in found}


def test_a_breach_fails_each_build_until_it_is_fixed(landing: Landing) -> None:
    """A build corrects the keys that it touches, and looks at all others as well."""
    assert _run("build", landing) == {}
    with duckdb.connect(landing.data / "warehouse.duckdb") as warehouse:
        for breach in BREACHES.values():
            warehouse.execute(breach)

    found = _run("test", landing)
    _land(landing, "users.updated", {"guid": "u1"}, {"guid": "u2"}, day=3)
    found_by_build = _run("build", landing)
    found_again = _run("test", landing)

    assert found == {STATE: 4, MAIN: 1}
    assert found_by_build == {STATE: 2}  # what follows was skipped
    assert found_again == {STATE: 2, MAIN: 1}


def test_a_wrong_model_fails_every_build_until_it_is_right(
    landing: Landing, tmp_path: Path
) -> None:
    project, serve = tmp_path / "project", landing.data / "serve"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    state, tags = (
        project / "models" / each for each in ("state/state_users.sql", "current/tags.sql")
    )
    right_state, right_tags = state.read_text(), tags.read_text()

    state.write_text(WRONG_STATE)
    assert _run("build", landing, project=project) == {STATE: 3}
    state.write_text(right_state)
    tags.write_text(right_tags.replace("not exists (", "exists ("))
    assert _run("build", landing, project=project) == {MAIN: 1}
    assert _run("build", landing, project=project) == {MAIN: 1}
    assert not serve.exists()
    tags.write_text(right_tags)
    assert _run("build", landing, project=project) == {}
    assert serve.exists()


def test_an_unknown_owner_is_counted_by_each_build_until_a_file_brings_it(
    landing: Landing,
) -> None:
    _land(landing, "tags.created", {"guid": "t9", "user_guid": "u9"}, day=2)
    assert _run("build", landing) == {OWNERS: 1}
    _land(landing, "members.created", {"guid": "m1", "user_guid": "u1"})
    assert _run("build", landing) == {OWNERS: 1}
    _land(landing, "users.created", {"guid": "u9"}, day=3)
    assert _run("build", landing) == {}
    _land(landing, "users.created", {"guid": "u8"}, day=3)
    assert _run("build", landing) == {OWNERS: 1}
