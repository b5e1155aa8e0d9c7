"""The warehouse on Apache Spark, as the recipes build and export it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest.warehouse.build.dbt_build import find_untouched_models
from ingest.warehouse.build.last_build import LastBuild
from ingest.warehouse.build.project_hash import hash_project
from tests.engines.tables import SCHEMAS, Tables, read_exported
from tests.readers.environments import ROOT, clean_environment

SECONDS: Final = 900
FILE_FORMAT: Final = os.environ.get("MX_FILE_FORMAT", "iceberg")
"""All tests run on Delta where the variable says so."""
WITHOUT_TESTS: Final = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
"""dbt takes these words instead of its variable, so they name unit tests, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkWarehouse:
    """A data folder whose tables Spark keeps."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    def build(self, *args: str) -> str:
        """Build to a good end, and return what was printed."""
        return self._run("build", *args)

    def refuse(self, *args: str) -> str:
        """Build to a bad end, and return what was printed."""
        done = self._call("build", *args)
        assert done.returncode == 1, done.stdout
        return done.stdout

    def build_until(self, words: str, *args: str) -> None:
        """Kill the build, Java included, as soon as it has printed some words."""
        with subprocess.Popen(
            _command("build", *args),
            env=self._environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as building:
            assert building.stdout is not None
            assert any(words in line for line in building.stdout), "the build ended before"
            _kill_all(building.pid)

    def tables(self, name: str) -> Tables:
        """Export every table, and read it."""
        folder = self.data.parent / name
        self._run("export", str(folder), *SCHEMAS)
        return read_exported(folder)

    def _run(self, *args: str) -> str:
        done = self._call(*args)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _call(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _command(*args),
            env=self._environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def _environment(self) -> dict[str, str]:
        return clean_environment(
            MX_DATA=str(self.data), MX_FILE_FORMAT=FILE_FORMAT, **self.settings
        )


def only(resources: Iterable[str]) -> list[str]:
    """Give the words by which a build leaves out tests, and models without rows of resources."""
    changed = [{"resource": resource} for resource in resources]
    build = LastBuild(project=hash_project(), has_news=True, changed=changed)
    return [*WITHOUT_TESTS, "--exclude", *find_untouched_models(build)]


def _command(*args: str) -> list[str]:
    return [sys.executable, "-m", "ingest.commands.spark", *args]


def _kill_all(session: int) -> None:
    """Kill every process of a session: Python, dbt and Java."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-s", str(session)], capture_output=True, text=True, check=True
    )
    for pid in map(int, listed.stdout.split()):
        os.kill(pid, signal.SIGKILL)
    time.sleep(1)
