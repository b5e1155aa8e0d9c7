"""Run the shipped sshd_config in a real sshd, with port, key, chroot and account of the test."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

from tests.support.sshd import STARTS_WITHIN_S, free_port, running

DEPLOY = Path(__file__).parents[2] / "deploy"
CONFIG = DEPLOY / "sshd_config"
Runner = Callable[..., AbstractContextManager[None]]
ACCOUNT, STRANGER = "mx-upload-test", "mx-stranger-test"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadServer:
    port: int
    password: str = field(repr=False)
    """These are the passwords of the account and of one that the configuration does not name."""
    folder: Path
    host_key: Path

    @property
    def chroot(self) -> Path:
        return self.folder / "chroot"

    @property
    def upload(self) -> Path:
        return self.chroot / "upload"

    @contextmanager
    def connect(self) -> Iterator[paramiko.Transport]:
        """Reach the server without logging in."""
        with closing(paramiko.Transport(("127.0.0.1", self.port))) as transport:
            transport.start_client(timeout=STARTS_WITHIN_S)
            yield transport

    @contextmanager
    def log_in(self) -> Iterator[paramiko.Transport]:
        with self.connect() as transport:
            transport.auth_password(ACCOUNT, self.password)
            yield transport


@contextmanager
def upload_server(run: Runner = running) -> Iterator[UploadServer]:
    """Run the server; remove its accounts and its folder when the block ends."""
    # sshd wants a chroot below which nobody but root may write: not /tmp.
    folder = Path(tempfile.mkdtemp(prefix="mx-sshd-", dir="/run"))
    folder.chmod(0o755)
    password = secrets.token_urlsafe(16)
    try:
        with _account(ACCOUNT, password), _account(STRANGER, password):
            _make_chroot(folder)
            host_key = folder / "host_key"
            make_key(host_key)
            port = free_port()
            with run(_options(folder, host_key=host_key, port=port), port=port):
                yield UploadServer(port=port, password=password, folder=folder, host_key=host_key)
    finally:
        shutil.rmtree(folder)


def make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@contextmanager
def _account(name: str, password: str) -> Iterator[None]:
    subprocess.run(["userdel", name], check=False, capture_output=True)
    subprocess.run(
        ["useradd", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", name],
        check=True,
    )
    try:
        subprocess.run(["chpasswd"], input=f"{name}:{password}".encode(), check=True)
        yield
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)


def _make_chroot(folder: Path) -> None:
    shipped = (DEPLOY / "tmpfiles.conf").read_text()
    layout = shipped.replace("/srv/mx-sftp", f"{folder}/chroot").replace("mx-upload", ACCOUNT)
    (folder / "tmpfiles.conf").write_text(layout)
    subprocess.run(["systemd-tmpfiles", "--create", folder / "tmpfiles.conf"], check=True)


def _options(folder: Path, *, host_key: Path, port: int) -> list[str]:
    # Options before a file's own: sshd takes the first value, and adds to lists.
    options = [f"ChrootDirectory={folder}/chroot", f"AllowUsers={ACCOUNT}"]
    command = ["-f", CONFIG, "-h", host_key, "-p", port]
    command += [part for option in options for part in ("-o", option)]
    command += ["-o", "ListenAddress=127.0.0.1"]
    return [str(part) for part in command]
