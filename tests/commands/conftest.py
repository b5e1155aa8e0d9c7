"""Run commands as programs, with no settings but those given."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

Finished = subprocess.CompletedProcess[str]


class Cli(Protocol):
    def __call__(self, *args: str, **settings: str) -> Finished: ...


@pytest.fixture
def program(tmp_path: Path) -> Cli:
    """Run a module as a program."""

    def call(*command: str, **settings: str) -> Finished:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "100"}
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=environment | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def cli(program: Cli) -> Cli:
    """Run `ingest`."""
    return partial(program, "ingest")
