"""Logs are JSON lines or plain messages, and a terminal gets a progress bar."""

import json
import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from ingest.commands.console import JsonLines
from tests.support.sender import Sender


def test_a_run_on_a_terminal_shows_how_far_it_is_and_how_long_it_will_take(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ours, theirs = pty.openpty()
    wide = settings | {"TERM": "xterm", "COLUMNS": "100"}

    command = [sys.executable, "-m", "ingest", "run"]
    subprocess.run(command, env=wide, cwd=tmp_path, stderr=theirs, check=True)

    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert re.search(r"fetch .*━.* 0(\.0)?/\d.* -:--:--", plain(shown))
    assert re.search(r"verify and land .*━.* (\d+)/\1 bytes 0:00:00", plain(shown))


def plain(shown: str) -> str:
    """Take the colours out of what a terminal was sent."""
    return re.sub(r"\x1b\[[\d;]*m", "", shown)


def test_an_event_is_one_json_object_with_its_facts() -> None:
    record = logging.LogRecord("ingest", logging.INFO, "", 0, "landed %d", (3,), None)
    record.facts = {"event": "landed", "files": 3}

    written = json.loads(JsonLines().format(record))

    assert written.pop("at").endswith("+00:00")
    assert written == {"level": "info", "message": "landed 3", "event": "landed", "files": 3}
