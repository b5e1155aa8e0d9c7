"""Check the units of systemd that run the commands, where they are installed."""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from ingest.commands.checks.finding import Finding, Findings
from ingest.settings.isolation import child_environment

UNITS: Final = (
    *("mx-ingest.timer", "mx-status.timer"),
    *("mx-ingest.service", "mx-build.service", "mx-status.service"),
)
_SHOWN: Final = "Id,LoadState,ActiveState,Result"
_FOUND = Findings("units")


def check_units() -> list[Finding]:
    """Ask systemd for the state of each unit."""
    units = [each for each in _ask() if each.get("LoadState") == "loaded"]
    if not units:
        return [_FOUND.absent("none of systemd installed here; see docs/alarms.md")]
    return list(map(_describe, units))


def _ask() -> Iterator[dict[str, str]]:
    if shutil.which("systemctl") is None:
        return
    command = ["systemctl", "show", f"--property={_SHOWN}", *UNITS]
    done = subprocess.run(  # noqa: S603 - own command
        command, env=child_environment(), capture_output=True, text=True, check=False
    )
    for block in done.stdout.split("\n\n"):
        yield dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _describe(unit: dict[str, str]) -> Finding:
    name, state, result = unit["Id"], unit["ActiveState"], unit.get("Result", "success")
    if name.endswith(".timer") and state != "active":
        return _FOUND.incomplete(
            f"{name}: expected to be active, found {state}; start it with: "
            f"systemctl enable --now {name}"
        )
    if result != "success":
        return _FOUND.incomplete(
            f"{name}: expected its last run to succeed, found {result}; see: journalctl -u {name}"
        )
    return _FOUND.good(f"{name}: {state}, its last result was {result}")
