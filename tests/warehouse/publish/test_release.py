"""A release appears completely or not at all, and readers end on the one that they began with."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingest.errors import LockError, PublishError, WarehouseError
from ingest.store.lock import run_lock
from ingest.warehouse.publish.outcome import NO_KEY, Outcome
from ingest.warehouse.publish.release import publish
from tests.warehouse.publish.warehouse import (
    ask_elsewhere,
    build_again,
    names_in,
    served,
    serving,
    users,
    write_warehouse,
)

WRITE = """
import sys, duckdb
database = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""
READ_FOR_EVER = """
import os, sys, duckdb
serve, seen, straddled = sys.argv[1], [], 0
while not os.path.exists(serve + "/../stop"):
    before = os.readlink(serve + "/current")
    numbers = []
    for name in ("warehouse", "warehouse_masked"):
        with duckdb.connect(f"{serve}/{name}.duckdb", read_only=True) as database:
            numbers.append(database.execute("select release from ops.release").fetchall()[0][0])
            guid = database.execute("select guid from main.users").fetchall()[0][0]
            assert guid == f"U{numbers[-1]}", (guid, numbers)
    if before != os.readlink(serve + "/current"):
        straddled += 1
        continue
    assert numbers[0] == numbers[1] == int(before.split("/")[1]), (before, numbers)
    seen.append(numbers[0])
assert seen == sorted(seen)
print(len(seen), len(set(seen)), straddled)
"""


def test_a_release_holds_what_readers_need_under_the_names_they_know(small: Path) -> None:
    published = publish(small, serving=serving())

    with served(small) as database:
        names = "select current_database(), tags['storage_version'] from duckdb_databases() limit 1"
        tables = "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        assert database.execute(names).fetchall() == [("warehouse", "v1.4.0+")]
        assert [name for (name,) in database.execute(tables).fetchall()] == [
            "history.users",
            "main.accounts",
            "main.users",
            "ops.deliveries",
            "ops.release",
        ]
    assert (published.outcome, published.release, published.tables) == (Outcome.PUBLISHED, 1, 4)


def test_a_held_reader_keeps_its_release_and_the_next_sees_the_new(small: Path) -> None:
    publish(small, serving=serving())
    with served(small) as held:
        assert users(held) == ["U1"]
        build_again(small, "2")

        publish(small, serving=serving())

        assert users(held) == ["U1"]
        assert ask_elsewhere(small) == "U2"
        with served(small) as database:
            assert users(database) == ["U2"]


def test_readers_in_a_loop_see_both_databases_of_one_release(small: Path) -> None:
    publish(small, serving=serving())
    command = [sys.executable, "-c", READ_FOR_EVER, str(small / "serve")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        for build in range(2, 14):
            build_again(small, str(build))
            publish(small, serving=serving(keep=2))
        (small / "stop").touch()
        said, faults = reader.communicate(timeout=60)

    assert (reader.returncode, faults) == (0, b"")
    reads, releases, _ = map(int, said.split())
    assert reads > releases > 1


def test_what_was_published_already_is_not_made_again(small: Path) -> None:
    publish(small, serving=serving())

    again = publish(small, serving=serving())

    assert again.outcome is Outcome.UNCHANGED
    assert again.text() == "release 1 is of this build: nothing to publish"
    assert names_in(small / "serve" / "releases") == ["1"]


def test_another_mask_makes_another_release_of_the_same_build(small: Path) -> None:
    publish(small, serving=serving(key=None))

    assert publish(small, serving=serving()).release == 2
    assert publish(small, serving=serving(key="another key of the tests")).release == 3


def test_without_a_key_there_is_no_masked_release_and_publish_says_so(small: Path) -> None:
    published = publish(small, serving=serving(key=None))

    assert published.text().splitlines()[-1] == NO_KEY
    assert names_in(small / "serve") == ["current", "releases", "warehouse.duckdb"]


@pytest.mark.parametrize(
    "statement",
    ["delete from ops.finished", "drop table ops.finished"],
    ids=["of which a part was built since", "of an earlier version"],
)
def test_a_warehouse_that_is_not_finished_is_not_published(small: Path, statement: str) -> None:
    publish(small, serving=serving())
    with duckdb.connect(small / "warehouse.duckdb") as warehouse:
        warehouse.execute(statement)

    with pytest.raises(PublishError, match=r"expected the last build .* make it with: just build"):
        publish(small, serving=serving())
    assert ask_elsewhere(small) == "U1"


def test_a_warehouse_that_is_being_written_is_not_published(small: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(small / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"

        with pytest.raises(WarehouseError, match="Could not set lock"):
            publish(small, serving=serving())
        writer.communicate()
    assert not (small / "serve" / "releases").exists()


def test_publishing_waits_for_nobody(small: Path) -> None:
    with run_lock(small, run_id="other"), pytest.raises(LockError, match="found run other"):
        publish(small, serving=serving())


def test_a_release_that_cannot_be_written_leaves_nothing(data: Path) -> None:
    macro = "create macro marts.gone() as table select * from main.later"
    statements = ["create table main.later as select 1", macro, "drop table main.later"]
    write_warehouse(data, *statements)

    with pytest.raises(PublishError, match=r"marts.gone: .* later"):
        publish(data, serving=serving())
    assert names_in(data / "serve" / "releases") == []


def test_the_command_tells_a_program_in_json_and_a_fault_in_one_line(
    small: Path, settings: dict[str, str]
) -> None:
    def call(*args: str, **changed: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ingest", "publish", *args]
        environment = settings | {"MX_MASK_KEY": "sixteen letters."} | changed
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    done, bad = call("--json"), call("--rollback", "--json")
    weak, mode = call(MX_MASK_KEY="too short"), call(MX_SERVE_MODE="0666")

    assert (done.returncode, json.loads(done.stdout)["release"]) == (0, 1)
    assert (bad.returncode, len(bad.stderr.splitlines())) == (1, 1)
    assert (weak.returncode, "at least 16 characters" in weak.stderr) == (2, True)
    assert "too short" not in weak.stderr
    assert (mode.returncode, "expected a mode like 0640, found 0666" in mode.stderr) == (2, True)
