"""A baseline bought when a feed has run for days: the tables are as if it had come first."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.sender import CLIENT, Sender, avro_bytes

ROOT = Path(__file__).parents[1]
FEED: dict[str, dict[str, list[tuple[str, str | None]]]] = {
    "2026-01-02": {
        "created": [("new", "of day 2")],
        "updated": [("changed", "of day 2"), ("unseen", "of day 2")],
        "deleted": [("gone", None)],
    },
    "2026-01-03": {
        "created": [],
        "updated": [("new", "of day 3")],
        "deleted": [("gone later", None), ("unseen", None)],
    },
}
BASELINE = ["changed", "untouched", "gone", "gone later", "new"]


@pytest.fixture
def call(settings: dict[str, str]) -> Any:
    def call(*args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *args],
            env=settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return call


def test_a_baseline_bought_later_gives_the_right_tables(
    call: Any, sender: Sender, data: Path, tmp_path: Path
) -> None:
    for day, events in FEED.items():
        sender.day, sender.rows = day, []
        for event, told in events.items():
            plain = avro_bytes([{"guid": guid, "first_name": name} for guid, name in told])
            sender.send(plain, event=event, record_count=len(told))
        sender.send_manifest()
    call("ingest", "run")
    call("ingest", "build")
    assert shown(data) == {"changed": "of day 2", "new": "of day 3"}

    bought = tmp_path / "bought"
    bought.mkdir()
    for number, guids in enumerate((BASELINE[:3], BASELINE[3:])):
        rows = [{"guid": guid, "first_name": "of the baseline"} for guid in guids]
        (bought / f"part-{number}.avro").write_bytes(avro_bytes(rows))
    call("ingest", "baseline", str(bought), "--date", "2026-01-02", "--client", CLIENT)
    call("ingest", "build")

    assert shown(data) == {
        "changed": "of day 2",
        "new": "of day 3",
        "untouched": "of the baseline",
    }
    call("ingest", "verify")
    life = call("ingest", "explain", "users", "gone later")
    assert "baseline" in life
    assert "deleted on 2026-01-03, and nothing came after" in life


def shown(data: Path) -> dict[str, str]:
    with duckdb.connect(data / "warehouse.duckdb", read_only=True) as connection:
        return dict(connection.execute("select guid, first_name from main.users").fetchall())
