"""The shipped sshd_config lets MX upload, and nobody do anything else."""

import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from paramiko.sftp import CMD_EXTENDED

from tests.deploy.server import ACCOUNT, CONFIG, STRANGER, UploadServer, make_key
from tests.support.sshd import SSHD

CONTENT = os.urandom(200_000)
REFUSAL = "This service allows sftp connections only."


def put(sftp: paramiko.SFTPClient, name: str, content: bytes = CONTENT) -> None:
    with sftp.open(name, "wb") as remote:
        remote.write(content)


@pytest.mark.parametrize("folder", ["", "/upload/"])
def test_a_file_is_uploaded_and_renamed(
    sftp: paramiko.SFTPClient, mx_sshd: UploadServer, folder: str
) -> None:
    put(sftp, f"{folder}a.pgp.part")
    sftp.rename(f"{folder}a.pgp.part", f"{folder}a.pgp")

    [uploaded] = mx_sshd.upload.iterdir()
    assert (uploaded.name, uploaded.read_bytes()) == ("a.pgp", CONTENT)
    assert stat.S_IMODE(uploaded.stat().st_mode) == 0o640
    assert (uploaded.owner(), uploaded.group()) == (ACCOUNT, ACCOUNT)


def write_over(sftp: paramiko.SFTPClient) -> None:
    put(sftp, "a", b"new")


def rename_over(sftp: paramiko.SFTPClient) -> None:
    put(sftp, "b", b"new")
    sftp.posix_rename("b", "a")


def remove_before(sftp: paramiko.SFTPClient) -> None:
    put(sftp, "b", b"new")
    sftp.remove("a")
    sftp.rename("b", "a")


@pytest.mark.parametrize("deliver", [write_over, rename_over, remove_before])
def test_a_file_is_delivered_again(
    sftp: paramiko.SFTPClient,
    mx_sshd: UploadServer,
    deliver: Callable[[paramiko.SFTPClient], None],
) -> None:
    put(sftp, "a", b"older")

    deliver(sftp)

    [uploaded] = mx_sshd.upload.iterdir()
    assert (uploaded.name, uploaded.read_bytes()) == ("a", b"new")


@pytest.mark.usefixtures("transport")
def test_the_client_of_openssh_uploads_and_keeps_the_time(
    mx_sshd: UploadServer, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    os.utime(tmp_path / "a", (0, 1_700_000_000))
    answer = tmp_path / "answer"
    answer.write_text(f"#!/bin/sh\necho {mx_sshd.password}\n")
    answer.chmod(0o700)
    known_hosts = tmp_path / "known_hosts"
    public_key = mx_sshd.host_key.with_suffix(".pub").read_text()
    known_hosts.write_text(f"[127.0.0.1]:{mx_sshd.port} {public_key}")
    command = ["sftp", "-o", f"UserKnownHostsFile={known_hosts}", "-P", str(mx_sshd.port)]

    subprocess.run(
        [*command, f"{ACCOUNT}@127.0.0.1"],
        input=f"put -pf {tmp_path}/a b.part\nrename b.part b\n".encode(),
        env=os.environ | {"SSH_ASKPASS": str(answer), "SSH_ASKPASS_REQUIRE": "force"},
        check=True,
        capture_output=True,
    )

    [uploaded] = mx_sshd.upload.iterdir()
    assert (uploaded.name, uploaded.read_bytes()) == ("b", CONTENT)
    assert uploaded.stat().st_mtime == 1_700_000_000


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda sftp: sftp.open("a").read(1), id="read"),
        pytest.param(lambda sftp: sftp.mkdir("b"), id="mkdir"),
        pytest.param(lambda sftp: sftp.rmdir("b"), id="rmdir"),
        pytest.param(lambda sftp: sftp.symlink("/etc/passwd", "b"), id="symlink"),
        pytest.param(lambda sftp: sftp.readlink("b"), id="readlink"),
        pytest.param(
            lambda sftp: sftp._request(CMD_EXTENDED, "hardlink@openssh.com", "a", "b"),
            id="hardlink",
        ),
        pytest.param(lambda sftp: sftp.chmod("/upload", 0o700), id="close the folder"),
        pytest.param(lambda sftp: put(sftp, "/a"), id="write above"),
        pytest.param(lambda sftp: put(sftp, "../a"), id="write above by dots"),
        pytest.param(lambda sftp: put(sftp, "/dev/a"), id="write beside"),
        pytest.param(lambda sftp: sftp.posix_rename("a", "/a"), id="rename out"),
    ],
)
def test_what_is_no_upload_is_refused(
    sftp: paramiko.SFTPClient, ask: Callable[[paramiko.SFTPClient], object]
) -> None:
    put(sftp, "a")

    with pytest.raises(PermissionError):
        ask(sftp)


def test_the_chroot_is_all_there_is(sftp: paramiko.SFTPClient) -> None:
    assert sftp.normalize(".") == "/upload"
    assert sorted(sftp.listdir("../../..")) == ["dev", "upload"]


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../etc/passwd", "/upload/../../etc/passwd", "/proc/self/root"]
)
def test_nothing_outside_the_chroot_can_be_named(sftp: paramiko.SFTPClient, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        sftp.stat(path)


@pytest.mark.parametrize(
    "ask",
    [lambda channel: channel.exec_command("echo escaped"), lambda channel: channel.invoke_shell()],
    ids=["command", "shell"],
)
def test_a_shell_is_refused(
    transport: paramiko.Transport, ask: Callable[[paramiko.Channel], None]
) -> None:
    channel = transport.open_session()

    ask(channel)

    assert channel.makefile().read().decode().strip() == REFUSAL
    assert channel.recv_exit_status() == 1


@pytest.mark.parametrize(
    "ask",
    [lambda channel: channel.get_pty(), lambda channel: channel.request_x11()],
    ids=["terminal", "x11"],
)
def test_a_terminal_is_refused(
    transport: paramiko.Transport, ask: Callable[[paramiko.Channel], None]
) -> None:
    channel = transport.open_session()

    with pytest.raises(paramiko.SSHException, match=r"Channel closed"):
        ask(channel)


def test_a_local_forwarding_is_refused(
    transport: paramiko.Transport, mx_sshd: UploadServer
) -> None:
    with pytest.raises(paramiko.ChannelException, match="Administratively prohibited"):
        transport.open_channel("direct-tcpip", ("127.0.0.1", mx_sshd.port), ("127.0.0.1", 1))


def test_a_remote_forwarding_is_refused(transport: paramiko.Transport) -> None:
    with pytest.raises(paramiko.SSHException, match="forwarding request denied"):
        transport.request_port_forward("127.0.0.1", 0)


def test_a_wrong_password_is_refused(mx_sshd: UploadServer) -> None:
    with (
        mx_sshd.connect() as transport,
        pytest.raises(paramiko.AuthenticationException, match="Authentication failed"),
    ):
        transport.auth_password(ACCOUNT, f"{mx_sshd.password}x")


def test_another_account_is_refused_with_its_right_password(mx_sshd: UploadServer) -> None:
    with (
        mx_sshd.connect() as transport,
        pytest.raises(paramiko.AuthenticationException, match="Authentication failed"),
    ):
        transport.auth_password(STRANGER, mx_sshd.password)


def test_a_password_is_the_only_way_in(mx_sshd: UploadServer) -> None:
    with (
        mx_sshd.connect() as transport,
        pytest.raises(paramiko.BadAuthenticationType) as refused,
    ):
        transport.auth_publickey(ACCOUNT, paramiko.ECDSAKey.generate())

    assert refused.value.allowed_types == ["password"]


@pytest.fixture(scope="module")
def effective(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Ask sshd how it reads the file, defaults included."""
    key = tmp_path_factory.mktemp("key") / "host_key"
    make_key(key)
    command = [str(SSHD), "-T", "-f", str(CONFIG), "-h", str(key)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(shown.stdout.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "allowusers mx-upload",
        "permitrootlogin no",
        "chrootdirectory /srv/mx-sftp",
        "disableforwarding yes",
        "allowagentforwarding no",
        "allowstreamlocalforwarding no",
        "permittunnel no",
        "permituserenvironment no",
        "maxauthtries 3",
        "loglevel VERBOSE",
    ],
)
def test_what_cannot_be_tried_from_outside_is_set(effective: set[str], line: str) -> None:
    assert line in effective


def test_no_weak_algorithm_is_offered(effective: set[str]) -> None:
    kinds = ("ciphers ", "macs ", "kexalgorithms ", "hostkeyalgorithms ")
    offered = " ".join(line for line in effective if line.startswith(kinds))

    assert offered.count(" ") == 7
    assert not re.search(r"sha1|md5|cbc|arcfour|umac-64|ssh-rsa|ssh-dss|group1\b", offered)


def test_the_port_is_not_the_usual_one(effective: set[str]) -> None:
    assert "port 2222" in effective
