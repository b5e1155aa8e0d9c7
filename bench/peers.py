"""The public tools that the project is compared with: an environment of their own, .venv-bench."""

import filecmp
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "bench" / "peers.lock"
VENV: Final = ROOT / ".venv-bench"
PEER_ENVIRONMENT: Final[Mapping[str, str]] = {
    "PYTHONPATH": str(ROOT),  # they run modules of bench.against
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
}


class PeersError(RuntimeError):
    """The peers are not there, or others than those that bench/peers.lock names."""


def peer_python() -> Path:
    """Return the interpreter that has the peers.

    Raises:
        PeersError: .venv-bench is not what the lock file says.
    """
    installed = VENV / "installed.lock"
    if not installed.exists() or not filecmp.cmp(LOCK, installed, shallow=False):
        raise PeersError(
            f"{VENV}: expected what {LOCK.name} lists, found another or none; run `just peers`"
        )
    return VENV / "bin" / "python"


def peer_version(name: str) -> str:
    """Say which version of a peer the lock file names."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", LOCK.read_text(), re.MULTILINE)
    if not found:
        raise PeersError(f"{LOCK}: expected {name}, found none; run `just lock`")
    return found[1]
