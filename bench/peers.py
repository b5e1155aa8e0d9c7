"""The public tools that the project is held against: an environment of their own, .venv-bench."""

import filecmp
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "bench" / "peers.lock"
VENV: Final = ROOT / ".venv-bench"
QUIET: Final[Mapping[str, str]] = {"RUNTIME__DLTHUB_TELEMETRY": "false"}
"""Environment variables that keep peers from calling home."""


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
