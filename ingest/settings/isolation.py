"""Keep a process's memory, files and secrets from other users and programs."""

import os
import re
import resource
from typing import Final

from ingest.settings.names import CLOUD_SECRETS, PREFIX, SECRETS

PRIVATE: Final = 0o077
_GPG_NEEDS: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|LD_LIBRARY_PATH|XDG_RUNTIME_DIR"
    r"|TERM|GPG_TTY|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|PINENTRY_USER_DATA"
)
"""gpg finds itself and its agent by these, and asks for the PIN of a card."""


def keep_private() -> None:
    """Let this process and its children write files for their owner only, and no core file.

    Its memory holds secrets and personal data, so every program of ours calls this first.
    """
    os.umask(PRIVATE)
    leave_no_core()


def leave_no_core() -> None:
    """Write no core file when this process or a child of it crashes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def gpg_environment() -> dict[str, str]:
    """Give the environment for gpg and its programs: only the variables that they need.

    gpg-agent lives on after the run, and keeps the environment that it was started with.
    """
    return {name: value for name, value in os.environ.items() if _GPG_NEEDS.fullmatch(name)}


def child_environment(*knows: str) -> dict[str, str]:
    """Give the environment for any other program: all but our secrets and their files.

    Args:
        knows: the secrets that the program needs.
    """
    names = {f"{PREFIX}{name.upper()}" for name in SECRETS if name not in knows}
    secret = names | {f"{name}_FILE" for name in names}
    return {name: value for name, value in os.environ.items() if name.upper() not in secret}


def worker_environment() -> dict[str, str]:
    """Give the environment for our processes that read delivered files: no secret of anybody.

    dbt may need the secrets of object storage, these processes never do.
    """
    given = child_environment()
    return {name: value for name, value in given.items() if name not in CLOUD_SECRETS}
