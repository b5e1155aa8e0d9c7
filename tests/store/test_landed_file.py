"""A landed file that was changed, cut or removed is found, with what to do about it."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.store.durable import hash_file
from ingest.store.landed_file import MAKE_ANEW, NO_FILE, OTHER_BYTES, landed_problem, next_step_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"guid": ["a"] * 1_000}), path)
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def test_an_untouched_file_has_no_problem(path: Path) -> None:
    assert landed_problem(path, sha256=hash_file(path)) is None
    assert landed_problem(path, sha256=None) is None


@pytest.mark.parametrize(("damage", "problem"), [(cut, OTHER_BYTES), (Path.unlink, NO_FILE)])
def test_a_changed_file_differs_from_its_hash(
    path: Path, damage: Callable[[Path], object], problem: str
) -> None:
    sha256 = hash_file(path)
    damage(path)

    assert landed_problem(path, sha256=sha256) == problem
    assert next_step_of(problem, file="f") == MAKE_ANEW


def test_without_a_hash_it_is_read(path: Path) -> None:
    cut(path)

    problem = landed_problem(path, sha256=None)

    assert problem
    assert "\n" not in problem
    assert next_step_of(problem, file="f").endswith("ingest release --set-aside f")
