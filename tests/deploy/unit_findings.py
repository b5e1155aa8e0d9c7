"""Print what `ingest check` says of units in a systemd of its own; to be run in namespaces.

Usage: unshare --mount --pid --fork --mount-proc --cgroup python -m <this module> <folder>

The folder has the units, and a `systemctl` that asks an account's systemd.
"""

import os
import subprocess
import sys
from pathlib import Path

from ingest.commands.checks.units import check_units
from tests.deploy.manager import systemd


def main(folder: Path) -> None:
    with systemd(folder):
        os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
        for unit in ("mx-ingest.service", "mx-status.timer"):
            subprocess.run(["systemctl", "start", unit], check=False, capture_output=True)
        for each in check_units():
            print(f"{each.verdict}: {each.text}")  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
