"""Run the shipped sshd_config under the locks of mx-sshd.service, and say what an upload may do.

Usage: unshare --mount --pid --fork --mount-proc --cgroup python -m tests.deploy.locked_server
<folder>
"""

import json
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import paramiko

from tests.deploy.manager import systemd
from tests.deploy.server import DEPLOY, UploadServer, upload_server
from tests.support.sshd import SSHD, wait_for

LOCKS = (
    *("RestrictSUIDSGID=", "RestrictNamespaces=", "RestrictRealtime=", "LockPersonality="),
    *("MemoryDenyWriteExecute=", "NoNewPrivileges=", "SystemCall", "CapabilityBoundingSet="),
    "LimitCORE=",
)
"""An account's own systemd has these locks too."""


def main(units: Path) -> None:
    with systemd(units), upload_server(partial(under_the_unit, units=units)) as server:
        print(json.dumps(what_happens(server)))  # noqa: T201 - the test reads it


@contextmanager
def under_the_unit(options: Sequence[str], *, port: int, units: Path) -> Iterator[None]:
    shipped = (DEPLOY / "mx-sshd.service").read_text().splitlines()
    locks = [line for line in shipped if line.startswith(LOCKS)]
    start = f"ExecStart={shlex.join([str(SSHD), '-D', *options])}"
    unit = ["[Service]", "Type=notify", start, *locks]
    (units / "mx-sshd.service").write_text("\n".join(unit))
    # as a machine has it; sshd wants nobody to write above its chroot
    Path("/run").chmod(0o755)
    Path("/run/sshd").mkdir(mode=0o755)
    subprocess.run(["systemctl", "--user", "start", "mx-sshd.service"], check=True)
    wait_for(port)
    try:
        yield
    finally:
        subprocess.run(["systemctl", "--user", "stop", "mx-sshd.service"], check=True)


def what_happens(server: UploadServer) -> dict[str, str]:
    """Ask for modes in each way that a client can, and give the mode that the file has after it."""
    with server.log_in() as transport:
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        asked: dict[str, Callable[[], object]] = {
            "upload": lambda: sftp.open("a", "wb").close(),
            "utime": lambda: sftp.utime("a", (0, 1_700_000_000)),
            "chmod 0644": lambda: sftp.chmod("a", 0o644),
            "rename": lambda: sftp.posix_rename("a", "b"),
            "chmod 4755": lambda: sftp.chmod("b", 0o4755),
            "chmod 2755": lambda: sftp.chmod("b", 0o2755),
            "fchmod 4755": lambda: sftp.open("b", "ab").chmod(0o4755),
            "open as 4755": lambda: open_as(sftp, "c", 0o4755),
            "open as 0644": lambda: open_as(sftp, "d", 0o100644),
        }
        said = {what: answer(ask) for what, ask in asked.items()}
    modes = {path.stat().st_mode for path in server.upload.iterdir()}
    is_special = any(mode & (stat.S_ISUID | stat.S_ISGID) for mode in modes)
    return said | {"setuid or setgid": str(is_special)}


def open_as(sftp: paramiko.SFTPClient, name: str, mode: int) -> None:
    attributes = paramiko.SFTPAttributes()
    attributes.st_mode = mode
    attributes._flags |= attributes.FLAG_PERMISSIONS  # type: ignore[attr-defined]  # private
    flags = paramiko.sftp.SFTP_FLAG_WRITE | paramiko.sftp.SFTP_FLAG_CREATE
    sftp._request(paramiko.sftp.CMD_OPEN, name, flags, attributes)  # type: ignore[attr-defined]  # private


def answer(ask: Callable[[], object]) -> str:
    try:
        ask()
    except OSError as error:
        return type(error).__name__
    return "done"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
