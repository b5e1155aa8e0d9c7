"""What a process of ours keeps to itself: its memory, its files, and secrets that it was given."""

import os
import re
import resource
from typing import Final

PRIVATE: Final = 0o077
_GPG_NEEDS: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|LD_LIBRARY_PATH|XDG_RUNTIME_DIR"
    r"|TERM|GPG_TTY|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|PINENTRY_USER_DATA"
)
"""What it finds itself and its agent by, and what asks for the PIN of a card."""


def keep_private() -> None:
    """Let a process, and all that it starts, write files for their owner alone, and no core.

    Secrets and personal data are in its memory: every program of ours calls this first.
    """
    os.umask(PRIVATE)
    leave_no_core()


def leave_no_core() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def gpg_environment() -> dict[str, str]:
    """Say what gpg and its programs get of the environment: what they need by name, no more.

    gpg-agent lives on after the run, and keeps what it was started with.
    """
    return {name: value for name, value in os.environ.items() if _GPG_NEEDS.fullmatch(name)}


def child_environment(*, knows: str = "") -> dict[str, str]:
    """Say what any other program gets of the environment: all but our secrets and their files.

    Args:
        knows: the one secret that it needs.
    """
    from ingest.settings import SECRETS

    names = {f"MX_{name.upper()}" for name in SECRETS if name != knows}
    secret = names | {f"{name}_FILE" for name in names}
    return {name: value for name, value in os.environ.items() if name.upper() not in secret}
