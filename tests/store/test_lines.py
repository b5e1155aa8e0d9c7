"""A damaged ledger is mended where a crash left it so, and else named; all who read it agree."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import LedgerError
from ingest.store.facts import What
from ingest.warehouse.build.guard import check_ledger
from tests.dbt_project.landing import Landing, daily_file
from tests.support.built import ask, copy_of, just_build, land, make_built, users
from tests.support.ledger import append_once, open_once, read_state
from tests.warehouse.build.test_guard import guard

OLDER, NEWER = "2026-01.jsonl", "2026-02.jsonl"
DAY = {"client_guid": "CLT-00000000-0000-0000-0000-000000000001", "snapshot_date": "2026-01-02"}
FILE = DAY | {"resource": "users", "event": "created", "file": "f"}
AT = {"recorded_at": "2026-01-01T00:00:00.000001Z", "run_id": "r"}
RUN = AT | {"what": "run", "seconds": 1.5, "failures": []}
ARCHIVED = AT | FILE | {"what": "archived", "name": "f.pgp", "encrypted_bytes": 1}
ARCHIVED |= {"encrypted_sha256": "e", "source_bytes": 1, "source_modified_at": 0.0}
LANDED = ARCHIVED | {"what": "landed", "path": "landing/p", "schema_id": "s"}
LANDED |= {"plain_bytes": 1, "plain_sha256": "p", "record_count": 1}
LISTING = {"file": "f", "resource": "users", "event": "created", "record_count": 1}
LISTING |= {"plain_bytes": 1, "encrypted_bytes": None, "checksum": None, "effective_date": ""}
LISTED = AT | DAY | {"what": "listed", "encrypted_sha256": "e", "listed": [LISTING]}
WHOLE = [ARCHIVED, LISTED, LANDED, RUN]


def line(record: object) -> bytes:
    return json.dumps(record).encode() + b"\n"


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def write_ledger(data: Path, which: str, *, before: bytes = b"", after: bytes = b"") -> Path:
    """Write two files, and something before or after the records of one of them."""
    folder = data / "ledger"
    folder.mkdir(parents=True)
    for name in (OLDER, NEWER):
        (folder / name).write_bytes(b"".join(map(line, WHOLE)))
    path = folder / which
    path.write_bytes(before + path.read_bytes() + after)
    return path


def readers(data: Path) -> Sequence[Callable[[], object]]:
    """Give what reads a ledger: a report, a build, a run."""
    return (
        lambda: read_state(data / "ledger"),
        lambda: check_ledger(data, None, is_anew=True),
        lambda: open_once(data / "ledger"),
    )


LEFT_BY_A_CRASH = {
    "half a line": line(LANDED)[:-20],
    "one byte": b"{",
    "half a character": '{"name":"é'.encode()[:-1],
    "zeros": b"\0" * 300,
    "half a line and zeros": line(LANDED)[:40] + b"\0" * 300,
    "zeros and the end of a line": b"\0" * 300 + line(LANDED)[-30:],
}
HARMLESS = {
    "empty lines": b"\n\n",
    "spaces": b"  \n",
    "a carriage return": line(RUN)[:-1] + b"\r\n",
    "a name that is no text": line(RUN | {"failures": ["\udc80"]}),
    "a field of a newer version": line(RUN | {"weather": {"is": "fine"}}),
    "a null": line(RUN | {"path": None}),
    "the same line twice": line(LANDED) + line(LANDED),
}


@pytest.mark.parametrize("which", [OLDER, NEWER])
@pytest.mark.parametrize("left", LEFT_BY_A_CRASH)
def test_what_a_crash_has_left_is_no_record_and_goes(tmp_path: Path, which: str, left: str) -> None:
    path = write_ledger(tmp_path, which, after=LEFT_BY_A_CRASH[left])
    found = path.read_bytes()
    report, build, run = readers(tmp_path)

    report()
    assert path.read_bytes() == found
    build()
    assert path.read_bytes() == b"".join(map(line, WHOLE))
    path.write_bytes(found)
    run()
    assert path.read_bytes() == b"".join(map(line, WHOLE))


@pytest.mark.parametrize("which", [OLDER, NEWER])
def test_a_record_that_lacks_only_its_newline_is_one_and_gets_it(
    tmp_path: Path, which: str
) -> None:
    path = write_ledger(tmp_path, which, after=line(RUN)[:-1])

    assert len(read_state(tmp_path / "ledger").landed) == 1
    append_once(tmp_path / "ledger", What.RUN, seconds=1.0)

    assert path.read_bytes().startswith(b"".join(map(line, [*WHOLE, RUN])))
    for read in readers(tmp_path):
        read()


@pytest.mark.parametrize("which", [OLDER, NEWER])
@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_an_editor_leaves_does_no_harm(tmp_path: Path, which: str, harmless: str) -> None:
    path = write_ledger(tmp_path, which, before=b"\xef\xbb\xbf", after=HARMLESS[harmless])
    content = path.read_bytes()

    for read in readers(tmp_path):
        read()

    assert path.read_bytes() == content


def test_a_mark_of_an_editor_amid_a_file_is_no_record(tmp_path: Path) -> None:
    write_ledger(tmp_path, OLDER, after=b"\xef\xbb\xbf" + line(RUN))

    for read in readers(tmp_path):
        with pytest.raises(LedgerError, match="line 5: expected a JSON object, found none"):
            read()


def test_files_of_other_names_are_left_alone_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Older records, read once more after the newer ones, would bring back what was then."""
    folder = write_ledger(tmp_path, NEWER).parent
    for name in ("2026-02 (copy).jsonl", "2026-02.jsonl.bak", "notes.jsonl", ".2026-02.jsonl.swp"):
        (folder / name).write_bytes(b"?\n")

    for read in readers(tmp_path):
        read()

    said = [each for each in caplog.messages if "it is left alone" in each]
    assert [message.partition(":")[0] for message in said] == [
        str(folder / "2026-02 (copy).jsonl"),
        str(folder / "notes.jsonl"),
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, NEWER)
    path.unlink()
    path.mkdir()

    for read in readers(tmp_path):
        with pytest.raises(LedgerError, match=f"ledger {path}: expected to read it, found Is a di"):
            read()


def test_a_ledger_of_another_user_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    folder = write_ledger(tmp_path, NEWER).parent
    folder.chmod(0)
    program = (
        "import os, pathlib, sys; from tests.support.ledger import read_state;"
        "os.geteuid() or os.seteuid(65534); read_state(pathlib.Path(sys.argv[1]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False
    )

    folder.chmod(0o700)
    assert "expected to read it, found Permission denied" in done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("mended"))


@pytest.mark.parametrize("left", ["half a line", "zeros", "half a line and zeros"])
def test_a_build_after_a_crash_takes_every_record_and_the_next_is_not_refused(
    built: Path, tmp_path: Path, left: str
) -> None:
    """What a crash left is longer than what comes next: the file is shorter after it was mended."""
    landing: Landing = copy_of(built, tmp_path)
    land(landing, "users.created", "U3", day=2)
    with (landing.data / "ledger" / NEWER).open("ab") as ledger:
        ledger.write(LEFT_BY_A_CRASH[left] * 20)

    first = just_build(landing.data, "--quiet")
    append_once(landing.data / "ledger", What.RUN, seconds=1.0)
    guard(landing.data)

    assert (first.returncode, first.stderr, users(landing.data)) == (0, "", ["U1", "U2", "U3"])
    assert ask(landing.data, "select count(*) from ops.ledger where what is null") == [(0,)]


def test_a_record_without_its_newline_is_built(built: Path, tmp_path: Path) -> None:
    landing: Landing = copy_of(built, tmp_path)
    land(landing, "users.created", "U3", day=2)
    path = landing.data / "ledger" / NEWER
    path.write_bytes(path.read_bytes()[:-1])

    assert just_build(landing.data, "--quiet").returncode == 0
    landing.set_aside(daily_file("users.created", day=2))
    assert just_build(landing.data, "--quiet").returncode == 0

    assert users(landing.data) == ["U1", "U2"]
