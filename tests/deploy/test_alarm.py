"""deploy/alarm sends a real message through apprise to a server of this machine."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.server import DEPLOY
from tests.status.world import CALM, FIRST, morning, recording, volumes
from tests.support.sshd import free_port

SECRET = "word-of-the-channel"
UNIT = "mx-ingest.service"


@dataclass(slots=True)
class Channel:
    """Keep the messages that came, and the command lines of all processes at that time."""

    port: int = 0
    messages: list[dict[str, str]] = field(default_factory=list)
    command_lines: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Channel]:
    channel = Channel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            channel.messages.append(json.loads(body))
            channel.command_lines += map(read_command_line, Path("/proc").glob("[0-9]*"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        channel.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield channel
        server.shutdown()


def read_command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def alarm(*, port: int, data: Path) -> subprocess.CompletedProcess[str]:
    urls = data.parent / "alarm-urls"
    urls.write_text(f"json://mx:{SECRET}@127.0.0.1:{port}/\n")
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(data.parent),
        "MX_DATA": str(data),
        "MX_ALARM_URLS_FILE": str(urls),
        "MONITOR_SERVICE_RESULT": "exit-code",
        "MONITOR_EXIT_STATUS": "3",
    }
    return subprocess.run(
        [str(DEPLOY / "alarm"), UNIT],
        env=settings,
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with a day that has its manifest and no file."""
    data = tmp_path_factory.mktemp("alarm") / "data"
    with recording(data / "ledger") as writer:
        writer.listed(CALM, FIRST, volumes(FIRST), at=morning(FIRST))
    return data


@pytest.fixture(scope="module")
def channel(data: Path) -> Channel:
    """Send one alarm, and give the channel that it reached."""
    with listening() as channel:
        done = alarm(port=channel.port, data=data)
    assert done.returncode == 0, done.stderr
    return channel


def test_an_alarm_says_what_failed_and_what_the_status_says(channel: Channel, data: Path) -> None:
    [message] = channel.messages
    lines = message["message"].splitlines()

    assert (message["type"], message["title"].split()[0]) == ("failure", UNIT)
    assert lines[0] == "ended with: exit-code 3"
    assert lines[-1] == f"now: {last_line_of_status(data)}"
    assert lines[-1] != "now: "


def last_line_of_status(data: Path) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("ingest"), "status"],
        env={"PATH": os.environ["PATH"], "HOME": str(data.parent), "MX_DATA": str(data)},
        cwd=data.parent,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()[-1]


def test_no_command_line_shows_where_an_alarm_goes(channel: Channel) -> None:
    assert any("apprise" in line for line in channel.command_lines)
    assert [line for line in channel.command_lines if SECRET in line] == []


def test_an_alarm_that_reaches_nobody_fails_itself(data: Path) -> None:
    done = alarm(port=free_port(), data=data)

    assert done.returncode != 0
    assert SECRET not in done.stdout + done.stderr


def test_an_alarm_without_apprise_names_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(DEPLOY / "alarm", tmp_path / "deploy")

    done = subprocess.run([script, UNIT], check=False, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.endswith("found none; install it with: ./just setup alarms\n")
