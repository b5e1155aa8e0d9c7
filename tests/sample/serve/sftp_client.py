"""paramiko's client, connected to the embedded SFTP server."""

from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from sample.serve.sftp_server import ServedAt

USER, PASSWORD = "mx", "s3cret"


@contextmanager
def connected(at: ServedAt, *, password: str = PASSWORD) -> Iterator[paramiko.SFTPClient]:
    with paramiko.Transport((at.host, at.port)) as transport:
        transport.connect(username=USER, password=password)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        with client:
            yield client
