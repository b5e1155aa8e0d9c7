"""mx-ingest.service starts a build after a run that ended with 0 or 3, in a real systemd."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.server import DEPLOY

ENDINGS = {
    "exit 0": "build",
    "exit 3": "alarm 3, build",
    "exit 1": "alarm 1",
    "exit 2": "alarm 2",
    "kill -9 $$": "alarm KILL",
    "sleep 60": "alarm TERM",
    "trap 'exit 0' TERM; sleep 60 & wait": "alarm 0",
    "trap 'exit 3' TERM; sleep 60 & wait": "alarm 3",
}
"""Each command takes the place of `ingest run`; one that sleeps reaches the time limit."""

AGAIN_AND_AGAIN = "[Unit]\nStartLimitIntervalSec=0\n"


def test_a_build_follows_a_run_that_came_to_its_end(tmp_path: Path) -> None:
    write_units(tmp_path)

    said = in_namespaces(sys.executable, "-m", "tests.deploy.manager", tmp_path, *ENDINGS)

    assert dict(line.rsplit(": ", 1) for line in said.splitlines()) == ENDINGS


def write_units(folder: Path) -> None:
    """Write the shipped unit, the alarm of docs/alarms.md, and stand-ins for the other units."""
    ingest = [
        *what_follows("mx-ingest.service"),
        f"ExecStart=/bin/sh {folder}/ending",
        "TimeoutStartSec=2",
        f"Environment=PATH={folder}:{os.environ['PATH']}",
    ]
    units = {
        "mx-ingest.service": "\n".join(ingest),
        "mx-ingest.service.d/alarm.conf": f"{AGAIN_AND_AGAIN}OnFailure=mx-alarm@%n.service\n",
        "mx-build.service": stand_in("build", folder),
        "mx-alarm@.service": stand_in("alarm $MONITOR_EXIT_STATUS", folder),
        "systemctl": '#!/bin/sh\nexec /usr/bin/systemctl --user "$@"\n',
    }
    (folder / "mx-ingest.service.d").mkdir()
    for name, text in units.items():
        (folder / name).write_text(text)
    (folder / "systemctl").chmod(0o700)


def what_follows(unit: str) -> list[str]:
    """Read a unit without its program, accounts and locks, which an account's systemd lacks."""
    text = (DEPLOY / unit).read_text().replace("/opt/mx-ingest/deploy", str(DEPLOY))
    head, _, service = text.partition("[Service]\n")
    kept = ("Type=", "ExecStopPost=")
    return [head, "[Service]", *(line for line in service.splitlines() if line.startswith(kept))]


def stand_in(said: str, folder: Path) -> str:
    start = f'/bin/sh -c "echo {said} >> {folder}/followed"'
    return f"{AGAIN_AND_AGAIN}[Service]\nType=oneshot\nExecStart={start}\n"


def in_namespaces(*command: str | Path) -> str:
    """Run a command that may mount, and that ends together with all that it starts."""
    join = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--cgroup"]
    with control_group() as group:
        done = subprocess.run(
            ["/bin/sh", "-c", join, group, *namespaces, *command],
            check=True,
            cwd=DEPLOY.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
    return done.stdout


@contextmanager
def control_group() -> Iterator[Path]:
    """Make a control group below this process's; remove it when the block ends."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    [root] = [where for _, where, kind, *_ in mounts if kind == "cgroup2"]
    groups = Path("/proc/self/cgroup").read_text().splitlines()
    [ours] = [line.removeprefix("0::/") for line in groups if line.startswith("0::/")]
    group = Path(tempfile.mkdtemp(prefix="mx-units-", dir=Path(root, ours)))
    try:
        yield group
    finally:
        for folder in sorted(group.glob("**/"), reverse=True):
            folder.rmdir()
