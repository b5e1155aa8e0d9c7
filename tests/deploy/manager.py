"""Start mx-ingest.service in a systemd of its own and say what followed; to be run in namespaces.

Usage: unshare --mount --pid --fork --mount-proc --cgroup python -m tests.deploy.manager <folder>
<ending> ...

The folder has the units. They find an ending, a line of shell, in its file `ending`, and add to
its file `followed`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEMD = "/usr/lib/systemd/systemd"
STARTS_WITHIN_S = 30


def main(folder: Path, endings: list[str]) -> None:
    with systemd(folder):
        for ending in endings:
            (folder / "ending").write_text(ending)
            (folder / "followed").write_text("")
            _systemctl("start", "mx-ingest.service")
            while _is_at_work():
                time.sleep(0.02)
            followed = sorted((folder / "followed").read_text().splitlines())
            print(f"{ending}: {', '.join(followed)}")  # noqa: T201 - the test reads it


@contextmanager
def systemd(units: Path) -> Iterator[None]:
    """Run an account's systemd on a /run and control groups of its own."""
    _mount("tmpfs", "/run")
    subprocess.run(["umount", "--recursive", "/sys/fs/cgroup"], check=True)
    _mount("cgroup2", "/sys/fs/cgroup")
    # Where the first is absent, systemd takes this for a machine without systemd.
    for name in ("/run/systemd/system", "/run/units"):
        Path(name).mkdir(parents=True)
    os.environ |= {
        "HOME": str(units),
        "XDG_RUNTIME_DIR": "/run/units",
        "SYSTEMD_UNIT_PATH": f"{units}:",
        "SYSTEMD_LOG_TARGET": "null",
    }
    with subprocess.Popen([SYSTEMD, "--user", "--unit=basic.target"]) as process:
        try:
            _wait_for(process)
            yield
        finally:
            process.terminate()


def _mount(kind: str, where: str) -> None:
    subprocess.run(["mount", "-t", kind, kind, where], check=True)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while _systemctl("is-active", "basic.target").stdout != "active\n":
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError("systemd: expected it to start, it did not")
        time.sleep(0.05)


def _is_at_work() -> bool:
    """Ask in this order: the build is a job when the unit has ended, and not before."""
    is_ending = _systemctl("is-active", "mx-ingest.service").stdout == "deactivating\n"
    return is_ending or bool(_systemctl("list-jobs", "--no-legend").stdout)


def _systemctl(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemctl", "--user", *command], check=False, capture_output=True, text=True
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
