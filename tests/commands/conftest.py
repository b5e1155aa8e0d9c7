"""Run `ingest` as a program, with no settings but those given."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

Finished = subprocess.CompletedProcess[str]


class Cli(Protocol):
    def __call__(self, *args: str, **settings: str) -> Finished: ...


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run `ingest` as a program, with no settings but those given."""

    def call(*args: str, **settings: str) -> Finished:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "100"}
        return subprocess.run(
            [sys.executable, "-m", "ingest", *args],
            env=environment | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return call
