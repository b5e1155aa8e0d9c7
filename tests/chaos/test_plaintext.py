"""No plaintext container is ever written to a disk: every write of a run and of gpg is watched."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.conftest import Stage

# A container's magic, a manifest's header and the passphrase, as strace writes bytes.
SECRETS = (r"Obj\1", "ResourceType,EventType", "correct horse")
WRITE = re.compile(r"p?write(?:64|v)?\(\d+<(?P<path>/[^>]*)>, (?P<content>.*)")


def watched_writes(trace: str) -> list[tuple[str, str]]:
    """Give path and content of every write to a file; pipes and sockets have no path."""
    found = (WRITE.search(line) for line in trace.splitlines())
    writes = [(match["path"], match["content"]) for match in found if match]
    return [write for write in writes if not write[0].startswith(("/dev/", "/proc/"))]


@pytest.fixture
def trace(stage: Stage, tmp_path: Path) -> str:
    """Run the ingester under strace and give what it and its children wrote."""
    output = tmp_path / "trace"
    strace = ["strace", "-f", "-y", "-s", "1000000", "-e", "trace=write,pwrite64,writev"]
    subprocess.run(
        [*strace, "-o", str(output), sys.executable, "-m", "ingest", "run"],
        env=stage.settings | {"MX_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)},
        check=False,
        capture_output=True,
    )
    return output.read_text(errors="replace")


def test_no_plaintext_and_no_secret_reaches_a_file(trace: str, tmp_path: Path) -> None:
    writes = watched_writes(trace)

    assert any("/.tmp/" in path and path.endswith(".parquet") for path, _ in writes)
    assert [path for path, content in writes if any(each in content for each in SECRETS)] == []


def test_the_watch_would_see_a_container_on_its_way_through_a_pipe(trace: str) -> None:
    """What gpg hands over is plain: were it not seen here, seeing none above would mean nothing."""
    assert SECRETS[0] in trace
    assert SECRETS[1] in trace
