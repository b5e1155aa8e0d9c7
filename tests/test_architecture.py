"""The page of the architecture names what exists, and every module that a file passes."""

import inspect
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

from ingest.store.facts import What
from tests.conftest import Ingest
from tests.support.sender import Sender

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGE = (DOCS / "architecture.md").read_text()
PICTURE = DOCS / "architecture.svg"
SHARED = ("ingest/errors.py", "ingest/settings/", "ingest/concurrency.py", "ingest/status/runs.py")
WIDEST = 44
"""So many characters of text fit into a box of the picture."""


class Trace:
    """The modules of ingest/ that have a function called until a file has landed.

    It begins when the source is listed, and ends with the ledger's line of the landing.
    """

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self._has_begun = self._has_landed = False

    def see(self, frame: FrameType, event: str, _: object) -> None:
        """Take what the interpreter says when a function is called or returns."""
        code = frame.f_code
        self._has_begun |= code.co_name == "list_files"
        is_function = bool(code.co_flags & inspect.CO_OPTIMIZED)
        if event == "call" and is_function and self._has_begun and not self._has_landed:
            self.modules.add(code.co_filename)
        if event == "return" and code.co_name == "append_all":
            records = frame.f_locals["records"]
            self._has_landed |= any(what is What.LANDED for what, *_ in records)


@contextmanager
def traced() -> Iterator[set[str]]:
    """Collect the modules that the block runs through, in all its threads."""
    trace, ours = Trace(), set[str]()
    threading.setprofile(trace.see)
    sys.setprofile(trace.see)
    try:
        yield ours
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    paths = [Path(name) for name in trace.modules]
    ours |= {
        path.relative_to(ROOT).as_posix() for path in paths if path.is_relative_to(ROOT / "ingest")
    }


def test_every_module_that_a_file_passes_is_named(sender: Sender, ingest: Ingest) -> None:
    sender.send_users("a")
    sender.send_manifest()

    with traced() as passed:
        summary = ingest()

    assert summary.files_landed == 1
    assert {"ingest/receive/wanted.py", "ingest/landing/commit.py"} <= passed
    assert [
        name for name in sorted(passed) if not name.startswith(SHARED) and f"`{name}`" not in PAGE
    ] == []


def test_every_file_that_the_page_names_exists() -> None:
    named = re.findall(r"`([\w.]+/[\w./]*|[\w.]+\.\w+)`", PAGE)

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_recipe_that_the_page_names_exists() -> None:
    just = (ROOT / "justfile").read_text()
    recipes = set(re.findall(r"^(\w+)[^\n:=]*:(?!=)", just, re.MULTILINE))

    assert set(re.findall(r"`just (\w+)", PAGE)) <= recipes


def test_every_text_of_the_picture_fits_into_its_box() -> None:
    texts = ElementTree.parse(PICTURE).getroot().iter("{*}text")  # noqa: S314 - own file

    assert [text.text for text in texts if len(text.text or "") > WIDEST] == []


def check_picture(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "architecture.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_picture_is_what_the_page_makes() -> None:
    assert check_picture(DOCS).returncode == 0


def test_a_picture_of_another_page_is_refused(tmp_path: Path) -> None:
    for path in DOCS.glob("architecture.*"):
        shutil.copy(path, tmp_path)
    (tmp_path / "architecture.md").write_text(PAGE.replace("| choose |", "| select |"))

    done = check_picture(tmp_path)

    assert (done.returncode, "found another; run: " in done.stderr) == (1, True)
