"""A build reads its ledger strictly, and refuses a damaged one: readers keep their release."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import IngestError, LedgerError, LockError, SettingsError
from ingest.store.lock import run_lock
from ingest.warehouse.build.guard import HELD_BY, build_guard, hold_until_exit, release
from tests.dbt_project.landing import Landing
from tests.support.built import copy_of, just_build, land, make_built, typed_dbt, users

LEDGER = Path("ledger") / "2026-02.jsonl"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("guarded"))


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    """Something is new, so that a build would read the ledger."""
    landing = copy_of(built, tmp_path)
    land(landing, "users.created", "U3", day=2)
    return landing


def guard(data: Path, *, is_anew: bool = False) -> None:
    with build_guard(data, is_anew=is_anew):
        pass


def lines_of(data: Path) -> list[str]:
    return (data / LEDGER).read_text().splitlines(keepends=True)


def write(data: Path, lines: list[str]) -> None:
    (data / LEDGER).write_text("".join(lines))


def break_line(data: Path) -> None:
    lines = lines_of(data)
    write(data, [*lines[:1], lines[1][:40] + "\n", *lines[2:], lines[-1]])


def halve(data: Path) -> None:
    lines = lines_of(data)
    write(data, lines[: len(lines) // 2])


def drop_a_landed_file(data: Path) -> None:
    """Something else stands in its place, so that the file is not shorter."""
    lines = lines_of(data)
    [number] = [n for n, line in enumerate(lines) if "tags.created" in line]
    other = json.dumps({"recorded_at": "2026-02-01T00:00:00Z", "what": "run", "x": "." * 900})
    write(data, [*lines[:number], f"{other}\n", *lines[number + 1 :]])


def delete(data: Path) -> None:
    (data / LEDGER).unlink()


def add_a_foreign_line(data: Path) -> None:
    write(data, [*lines_of(data), "[1, 2]\n"])


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a broken line": (break_line, "line 2: expected a JSON object, found none"),
    "half of it": (halve, "expected at least the"),
    "without one file's record": (drop_a_landed_file, "expected a record of each landed file"),
    "gone": (delete, "expected its files, found none"),
    "a line that is no record": (add_a_foreign_line, "expected a JSON object, found none"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_refused(landing: Landing, damage: str) -> None:
    guard(landing.data)
    change, said = DAMAGES[damage]

    change(landing.data)

    with pytest.raises(LedgerError, match=said):
        guard(landing.data)


def test_a_damaged_line_among_new_ones_is_named_by_its_number(landing: Landing) -> None:
    assert just_build(landing.data, "--quiet", "--no-publish").returncode == 0
    number = len(lines_of(landing.data)) + 1
    landing.write("?\n")

    with pytest.raises(LedgerError, match=f"line {number}: expected a JSON object, found none"):
        guard(landing.data)


def test_a_refused_build_is_one_line_and_changes_nothing(landing: Landing) -> None:
    before = (landing.data / "warehouse.duckdb").read_bytes()
    delete(landing.data)

    ours, typed = just_build(landing.data), typed_dbt(landing.data, "build")

    assert (ours.returncode, ours.stdout, len(ours.stderr.splitlines())) == (1, "", 1)
    assert (typed.returncode != 0, typed.stderr.count("found none; restore")) == (True, 1)
    assert (landing.data / "warehouse.duckdb").read_bytes() == before
    assert users(landing.data) == ["U1", "U2"]


def test_a_first_build_without_a_ledger_is_refused_where_files_have_landed(
    landing: Landing,
) -> None:
    (landing.data / "warehouse.duckdb").unlink()
    delete(landing.data)

    with pytest.raises(LedgerError, match="found none; restore the ledger from a backup"):
        guard(landing.data)


def test_a_last_line_that_was_cut_off_is_no_damage(landing: Landing) -> None:
    with (landing.data / LEDGER).open("a") as lines:
        lines.write('{"recorded_at":"2026-03-01T00:00:00Z","what":"landed","client_')

    guard(landing.data)


def test_files_that_no_build_has_changed_are_read_again_when_all_is_made_anew(
    landing: Landing,
) -> None:
    assert just_build(landing.data, "--quiet", "--no-publish").returncode == 0
    status = (landing.data / LEDGER).stat()
    lines = lines_of(landing.data)
    write(landing.data, [lines[0], "x" * (len(lines[1]) - 1) + "\n", *lines[2:]])
    os.utime(landing.data / LEDGER, ns=(status.st_atime_ns, status.st_mtime_ns))

    guard(landing.data)

    with pytest.raises(LedgerError, match="line 2: expected a JSON object"):
        guard(landing.data, is_anew=True)


@pytest.mark.parametrize("name", ["a[b]c", "a*", "a?"])
def test_a_folder_that_duckdb_takes_for_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="MX_DATA: expected a folder whose name"):
        guard(tmp_path / name)


def test_one_build_at_a_time(landing: Landing) -> None:
    with run_lock(landing.data, run_id="other"), pytest.raises(LockError, match="found run other"):
        guard(landing.data)


def test_what_dbt_holds_is_held_until_it_ends(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_until_exit(landing.data, is_anew=False)
    with pytest.raises(IngestError, match="expected to be alone"):
        guard(landing.data)
    release()
    monkeypatch.setenv(HELD_BY, str(os.getppid()))
    with run_lock(landing.data, run_id="the build that started dbt"):
        hold_until_exit(landing.data, is_anew=False)
