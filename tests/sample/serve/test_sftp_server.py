"""The embedded SFTP server serves paramiko's client."""

import threading
from pathlib import Path

import paramiko
import pytest

from sample.serve.sftp_server import ServedAt, serve_sftp
from tests.sample.serve.sftp_client import PASSWORD, USER, connected


def test_a_wrong_password_is_refused(sftp_server: ServedAt) -> None:
    with pytest.raises(paramiko.AuthenticationException), connected(sftp_server, password="guess"):
        pass


def test_several_clients_are_served_at_once(sftp_server: ServedAt, folder: Path) -> None:
    with connected(sftp_server) as one, connected(sftp_server) as other:
        one.open("/one", "wb").close()
        other.open("/other", "wb").close()
        assert one.listdir("/") == other.listdir("/") == ["one", "other"]


def test_no_thread_outlives_the_server(folder: Path) -> None:
    before = set(threading.enumerate())
    with serve_sftp(folder, user=USER, password=PASSWORD) as at, connected(at) as client:
        client.listdir("/")
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)
