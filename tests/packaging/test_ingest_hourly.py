"""The timer of a container: it lands, builds what landed, and ends at once when it is told to."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.front.machine import ROOT
from tests.support.sender import Sender

HOURLY = ROOT / "deploy" / "ingest-hourly"
Program = subprocess.Popen[str]


def start(settings: dict[str, str]) -> Program:
    path = f"{Path(sys.executable).parent}:{settings['PATH']}"
    return subprocess.Popen(
        ["sh", str(HOURLY), "1"],
        env=settings | {"PATH": path, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(is_so: Callable[[], bool], program: Program) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)


def count_runs(data: Path) -> int:
    paths = (data / "ledger").glob("*.jsonl")
    lines = [line for path in paths for line in path.read_text().splitlines(keepends=True)]
    return sum(json.loads(line)["what"] == "run" for line in lines if line.endswith("\n"))


def test_an_incomplete_run_is_built_another_follows_and_a_signal_ends_all(
    sender: Sender, settings: dict[str, str], data: Path
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="updated").unlink()
    sender.send_manifest()

    with start(settings) as program:
        wait_until((data / "serve" / "current").exists, program)
        wait_until(lambda: count_runs(data) > 1, program)
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate(timeout=30)

    assert program.returncode == 0
    assert "not whole" in said or "missing" in said or "absent" in said


def test_a_failed_run_is_not_built_and_is_tried_again(settings: dict[str, str], data: Path) -> None:
    with start(settings | {"MX_SOURCE": "/nowhere"}) as program:
        wait_until(lambda: count_runs(data) > 1, program)
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=30)

    assert not (data / "warehouse.duckdb").exists()
