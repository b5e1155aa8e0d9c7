"""Sail in a process of its own, and the project as it runs there."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.engines.engines import PROJECT, programs_of, run_dbt
from tests.engines.tables import SCHEMAS, Tables, read_exported
from tests.readers.environments import SAIL, clean_environment

HERE: Final = Path(__file__).parent
SESSION: Final = "session_id=00000000-0000-4000-8000-000000000001;user_id=mx"
FOR_SAIL: Final = {
    "+options": {"overwriteSchema": "true"},
    # what Sail reads from a table's statistics has lost digits
    "+tblproperties": {"delta.dataSkippingNumIndexedCols": "0"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sail:
    """A server, and the project that runs on it."""

    address: str
    folder: Path
    project: Path

    def dbt(self, command: str, *args: str, data: Path) -> str:
        return run_dbt(
            command,
            *args,
            "--target",
            "spark",
            programs=programs_of(SAIL),
            data=data,
            project=self.project,
            SPARK_REMOTE=self.address,
            MX_FILE_FORMAT="delta",
        )

    def export(self, name: str) -> Path:
        """Write every table as a Parquet file, and return their folder."""
        to = self.folder / name
        self._run("export", str(to), *SCHEMAS)
        return to

    def tables(self, name: str) -> Tables:
        return read_exported(self.export(name))

    def attempt(self, groups: dict[str, list[str]]) -> dict[str, str]:
        """Run groups of statements, and return what the last of each gave."""
        answers: dict[str, str] = json.loads(self._run("attempt", given=json.dumps(groups)))
        return answers

    def _run(self, program: str, *args: str, given: str = "") -> str:
        python, path = programs_of(SAIL) / "python", HERE / "programs" / f"{program}.py"
        done = subprocess.run(
            [python, path, self.address, *args],
            input=given,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def sail_server(folder: Path) -> Iterator[Sail]:
    """Start a server whose tables lie in a folder, and stop it."""
    port = _free_port()
    tables = folder / "tables"
    tables.mkdir()
    command = [str(programs_of(SAIL) / "sail"), "spark", "server", "--port", str(port)]
    with (folder / "sail.log").open("w") as log:
        server = subprocess.Popen(command, env=clean_environment(), stdout=log, stderr=log)
        try:
            _wait_for(port, server)
            address = f"sc://127.0.0.1:{port}/;{SESSION}"
            yield Sail(address=address, folder=folder, project=_make_project(folder, tables))
        finally:
            server.terminate()
            server.wait(timeout=30)


def _make_project(folder: Path, tables: Path) -> Path:
    """Copy the project, and add what Sail needs."""
    project = folder / "project"
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PROJECT, project, ignore=ignored)
    shutil.copytree(HERE / "sail", project / "macros" / "sail")
    described = _read(project / "dbt_project.yml")
    described["models"]["mx"] |= FOR_SAIL
    _write(project / "dbt_project.yml", described)
    profiles = _read(project / "profiles.yml")
    parameters = profiles["mx"]["outputs"]["spark"]["server_side_parameters"]
    parameters["spark.sql.warehouse.dir"] = str(tables)
    _write(project / "profiles.yml", profiles)
    return project


def _read(path: Path) -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load(path.read_text())
    return described


def _write(path: Path, described: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(described, sort_keys=False))


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "expected the server to run, found it ended"
        with socket.socket() as opened:
            if opened.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("expected the server to answer, found no answer in 30 s")
