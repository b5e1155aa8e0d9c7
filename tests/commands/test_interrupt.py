"""Ctrl-C at any moment ends a command with one line, and not with 0."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.support.built import land

ENDS: tuple[int, ...] = (-signal.SIGINT, 1, 130)
Program = subprocess.Popen[str]


def start(*command: str, folder: Path) -> Program:
    """Start a program in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"MX_DATA": str(folder / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def interrupt(program: Program) -> list[str]:
    """Send SIGINT to all of the group, as a terminal does, and return what is said."""
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=60)
    return said.splitlines()


def is_importing(program: Program) -> bool:
    """Say whether it has loaded the first of the large libraries that all commands need."""
    return "pydantic_core" in Path(f"/proc/{program.pid}/maps").read_text()


@pytest.mark.parametrize(
    "command",
    [
        ("ingest", "run"),
        ("ingest", "publish"),
        ("ingest", "report"),
        (
            "ingest",
            "build",
        ),
        ("ingest", "query", "from users"),
        (
            "ingest",
            "docs",
        ),
        ("ingest.commands.demo",),
    ],
    ids=" ".join,
)
def test_while_it_starts(command: tuple[str, ...], tmp_path: Path) -> None:
    program = start(*command, folder=tmp_path)
    wait_until(lambda: is_importing(program))

    said = interrupt(program)

    assert (program.returncode in ENDS, len(said)) == (True, 1), said
    assert "interrupt" in said[0]


def test_while_a_demonstration_delivers(tmp_path: Path) -> None:
    program = start("ingest.commands.demo", folder=tmp_path)
    wait_until(lambda: (tmp_path / "data" / "demo").exists() or has_uploaded(program))

    said = interrupt(program)

    assert (program.returncode in ENDS, len(said)) == (True, 1), said


def has_uploaded(program: Program) -> bool:
    folders = Path(tempfile.gettempdir()).glob("mx-demo-*/upload")
    return any(list(folder.iterdir()) for folder in folders) and program.poll() is None


def test_while_dbt_builds(tmp_path: Path) -> None:
    land(Landing(tmp_path / "data"), "users.created", "U1")
    program = start("ingest", "build", folder=tmp_path)
    wait_until((tmp_path / "data" / "dbt" / "logs" / "dbt.log").exists)

    said = interrupt(program)

    assert (program.returncode in ENDS, len(said)) == (True, 1), said
    assert "expected to end, found an interruption" in said[0]
