"""OpenSSH's own server on a free port of the loopback interface: one account, one password."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = Path("/usr/sbin/sshd")
ACCOUNT = f"mx-test-{os.getpid()}"
"""Of this process alone, as another checkout may be tested at the same time."""
STARTS_WITHIN_S = 10

CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication yes
KbdInteractiveAuthentication no
AllowUsers {account}
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass(frozen=True, slots=True)
class Sshd:
    port: int
    password: str
    folder: Path
    """What the account may write into."""
    known_hosts: Path

    @property
    def address(self) -> str:
        return f"sftp://{ACCOUNT}@127.0.0.1:{self.port}{self.folder}"


def is_possible() -> bool:
    """Say whether this machine can have one: a password needs an account, and that needs root."""
    return SSHD.exists() and os.geteuid() == 0


@contextmanager
def sshd() -> Iterator[Sshd]:
    """Run a server; its account and its folders go when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="sshd-", dir="/tmp"))
    password = secrets.token_urlsafe(16)
    try:
        folder.chmod(0o755)
        with _account(password, home=folder), _server(folder) as port:
            upload = folder / "upload"
            upload.mkdir()
            shutil.chown(upload, user=ACCOUNT)
            public_key = (folder / "host_key.pub").read_text()
            known_hosts = folder / "known_hosts"
            known_hosts.write_text(f"[127.0.0.1]:{port} {public_key}")
            yield Sshd(port, password, upload, known_hosts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _account(password: str, *, home: Path) -> Iterator[None]:
    subprocess.run(["useradd", "--no-create-home", "--home-dir", str(home), ACCOUNT], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{ACCOUNT}:{password}".encode(), check=True)
        yield
    finally:
        subprocess.run(["userdel", "--force", ACCOUNT], check=True, capture_output=True)


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    key = folder / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(CONFIG.format(port=port, folder=folder, account=ACCOUNT))
    with running(["-f", str(config)], port=port):
        yield port


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(options: Sequence[str], *, port: int) -> Iterator[None]:
    """Run sshd until the block ends, from when it answers."""
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    command = [str(SSHD), "-D", "-e", *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"sshd on port {port}: expected within {STARTS_WITHIN_S} s, found no answer")
