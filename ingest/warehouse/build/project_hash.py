"""Hash the inputs of a build beside the ledger: dbt's project and the programs that run it."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ingest.warehouse.dbt import PROJECT, dbt_environment

WRITTEN_BY_DBT: Final = {"target", "logs", "dbt_packages"}
SAID_ANYHOW: Final = dbt_environment(Path()).keys()
"""Variables of dbt's that every build of ours has, or that say no more than where things lie."""
PROGRAMS: Final = ("dbt-core", "dbt-duckdb", "duckdb")
TABLE_MACROS: Final = (
    "changed_files",
    "engine",
    "event_order",
    "reduce_events",
    "staging",
    "typing",
)
"""The macros that the tables of `staging` and `state` are made by."""


def hash_project(project: Path = PROJECT) -> str:
    """Hash dbt's project and what runs it."""
    return _hash([*_programs(), *_files(project)])


@cache
def hash_macros(project: Path) -> str:
    """Hash the macros that make tables, so that a changed macro rebuilds them."""
    return _hash((project / "macros" / f"{name}.sql").read_text() for name in TABLE_MACROS)


def hash_basis(project: Path) -> str:
    """Hash what all models and tests of a project share."""
    shared = [project / "dbt_project.yml", *sorted((project / "macros").rglob("*.sql"))]
    tests = sorted((project / "tests" / "generic").rglob("*.sql"))
    return _hash([*_programs(), *(path.read_text() for path in [*shared, *tests])])


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def _programs() -> Iterator[str]:
    for package in PROGRAMS:
        yield f"{package} {version(package)}"
    for name, value in sorted(os.environ.items()):
        if name.startswith("DBT_") and name not in SAID_ANYHOW:
            yield f"{name} {value}"


def _files(project: Path) -> Iterator[str]:
    for path in sorted(project.rglob("*")):
        inner = path.relative_to(project)
        if inner.parts[0] not in WRITTEN_BY_DBT and path.is_file():
            yield f"{inner} {hashlib.sha256(path.read_bytes()).hexdigest()}"
