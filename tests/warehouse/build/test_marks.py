"""A build reads the new lines of a ledger, and all lines of a file whose old lines changed."""

import json
import os
from pathlib import Path

import pytest

from ingest.warehouse.build.marks import (
    Marks,
    describe_new_lines,
    find_new_lines,
    size_in,
    version_of,
)

NAME = "2026-02.jsonl"


def line(number: int) -> str:
    at = f"2026-02-01T00:00:00.{number:06}Z"
    return json.dumps({"recorded_at": at, "run_id": "a run", "what": "run"}) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger" / NAME
    path.parent.mkdir()
    path.write_text(line(1) + line(2))
    return path


@pytest.fixture
def marks(file: Path) -> Marks:
    """The marks of a build that has read two lines."""
    [lines] = find_new_lines(file.parent, {})
    return {file.name: lines.mark()}


def new_numbers(file: Path, marks: Marks) -> list[int]:
    """Read the numbers of the lines that are new."""
    lines = find_new_lines(file.parent, marks)
    return [int(record["recorded_at"][20:26]) for each in lines for record in each.records()]


def test_a_file_that_no_build_has_read_is_new_from_its_first_line(file: Path) -> None:
    assert new_numbers(file, {}) == [1, 2]


def test_a_file_that_is_as_it_was_has_no_new_lines(file: Path, marks: Marks) -> None:
    assert find_new_lines(file.parent, marks) == []


def test_lines_that_were_added_are_new(file: Path, marks: Marks) -> None:
    with file.open("a") as ledger:
        ledger.write(line(3))

    assert new_numbers(file, marks) == [3]


def test_a_file_with_another_time_and_the_same_bytes_has_no_new_lines(
    file: Path, marks: Marks
) -> None:
    os.utime(file, ns=(0, 0))

    [lines] = find_new_lines(file.parent, marks)

    assert (lines.start, list(lines.records())) == (size_in(marks[NAME]), [])
    assert find_new_lines(file.parent, {NAME: lines.mark()}) == []


def test_a_file_that_has_changed_before_its_mark_is_new_from_its_first_line(
    file: Path, marks: Marks
) -> None:
    file.write_text(line(7) + line(2) + line(3))

    assert new_numbers(file, marks) == [7, 2, 3]


def test_a_shorter_file_is_new_from_its_first_line(file: Path, marks: Marks) -> None:
    file.write_text(line(1))

    assert new_numbers(file, marks) == [1]


def test_a_mark_of_an_older_version_tells_whether_a_file_changed_and_no_more(file: Path) -> None:
    older = {NAME: version_of(file)}
    assert find_new_lines(file.parent, older) == []
    with file.open("a") as ledger:
        ledger.write(line(3))

    assert new_numbers(file, older) == [1, 2, 3]


def test_a_file_for_duckdb_has_the_new_lines_alone(file: Path, marks: Marks) -> None:
    data, copies = file.parents[1], file.parents[1] / "copies"
    copies.mkdir()
    (copies / "2026-01.jsonl").write_text("of a build before")
    with file.open("a") as ledger:
        ledger.write(line(3))

    [added] = describe_new_lines(data, marks, copies=copies)
    [copy] = copies.iterdir()
    [everything] = describe_new_lines(data, {}, copies=copies)

    assert (copy.name, added["path"], added["is_read_again"]) == (NAME, f"copies/{NAME}", False)
    assert (everything["path"], everything["is_read_again"]) == (f"ledger/{NAME}", True)
    assert added["mark"] == everything["mark"]
    assert not copies.exists()


def test_what_a_copy_holds(file: Path, marks: Marks) -> None:
    with file.open("a") as ledger:
        ledger.write(line(3))

    [added] = describe_new_lines(file.parents[1], marks, copies=file.parents[1] / "copies")

    assert (file.parents[1] / added["path"]).read_text() == line(3)
