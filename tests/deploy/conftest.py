"""Start the receiving server as it is shipped, with the account that MX has there."""

from collections.abc import Iterator

import paramiko
import pytest

from tests.deploy.server import UploadServer, upload_server


@pytest.fixture(scope="package")
def mx_sshd() -> Iterator[UploadServer]:
    with upload_server() as server:
        yield server


@pytest.fixture
def transport(mx_sshd: UploadServer) -> Iterator[paramiko.Transport]:
    """Log in as MX, into an empty folder."""
    for path in mx_sshd.upload.iterdir():
        path.unlink()
    with mx_sshd.log_in() as logged_in:
        yield logged_in


@pytest.fixture
def sftp(transport: paramiko.Transport) -> paramiko.SFTPClient:
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    return client
