"""From what the last whole build was made, so that the same is not built again.

The mark lies in the warehouse. What writes takes it away first (`create_bookkeeping`), and it is
set after a build that ended well: one that is missing costs one build by dbt, no more. With it lies
the plan that dbt made of its project, by which files that land later are built without dbt.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb
import yaml

from ingest.dbt import PROJECT
from ingest.models.plan import Plan, make_plan

WRITTEN_BY_DBT: Final = {"target", "logs", "dbt_packages"}
RUNNER: Final = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a build depends on, each as a hash."""

    project: str
    """dbt's project, what runs it, and where the data lies, as views name that folder."""
    ledger: str

    def text(self) -> str:
        return f"{self.project} {self.ledger}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a warehouse knows of its last build."""

    sources: str | None = None
    """None if that did not end well, was of a part, or is none of ours."""
    plan: str | None = None
    """Made by dbt from the sources' project."""

    def is_of(self, project: str) -> bool:
        return self.sources is not None and self.sources.startswith(f"{project} ")


def find_sources(data: Path) -> Sources:
    """Look at what a build would depend on now."""
    return Sources(_hash([str(data.absolute()), *_programs(), *_project()]), _hash(_ledger(data)))


def read_mark(warehouse: Path) -> Mark:
    """Read the mark of a warehouse; an empty one where it cannot be asked."""
    query = "select fingerprint, (select any_value(plan) from ops.plan) from ops.built"
    if warehouse.exists():
        with suppress(duckdb.Error), duckdb.connect(str(warehouse), read_only=True) as connection:
            return Mark(*(connection.execute(query).fetchone() or ()))
    return Mark()


def mark_built(warehouse: Path, *, of: Sources) -> None:
    """Set the mark after a build by dbt; where someone else has the warehouse open, leave it."""
    with suppress(duckdb.Error), duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from ops.built; delete from ops.plan")
        finished = connection.execute("select build from ops.finished").fetchone()
        if finished and (plan := _read_plan(build=finished[0])):
            connection.execute("insert into ops.plan values (?)", [plan.text()])
        connection.execute("insert into ops.built values (?)", [of.text()])


def _read_plan(*, build: str) -> Plan | None:
    """Read the plan that a build by dbt has left; none where another run has left one since."""
    with suppress(OSError, ValueError, KeyError):
        manifest = json.loads((target_folder() / "manifest.json").read_bytes())
        if manifest["metadata"]["invocation_id"] == build:
            text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
            return make_plan(manifest, variables=yaml.load(text, yaml.CSafeLoader)["vars"])
    return None


def target_folder() -> Path:
    """Say where dbt leaves what it has parsed and compiled."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target")


def _hash(parts: Iterator[str] | list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def _programs() -> Iterator[str]:
    for package in ("dbt-core", "dbt-duckdb", "duckdb", "jinja2"):
        yield f"{package} {version(package)}"
    for name, value in sorted(os.environ.items()):
        if name.startswith("DBT_"):
            yield f"{name} {value}"


def _project() -> Iterator[str]:
    for path in sorted([*PROJECT.rglob("*"), *RUNNER.glob("*.py")]):
        is_written = path.is_relative_to(PROJECT) and (
            path.relative_to(PROJECT).parts[0] in WRITTEN_BY_DBT
        )
        if not is_written and path.is_file():
            yield f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _ledger(data: Path) -> Iterator[str]:
    """A ledger only grows; one that was put back from elsewhere has other times."""
    for path in sorted((data / "ledger").glob("*.jsonl")):
        status = path.stat()
        yield f"{path.name} {status.st_size} {status.st_mtime_ns}"
