"""An object storage on this machine: SeaweedFS, and a proxy in front of it that spoils answers."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from obstore.store import S3Store

WEED = Path(sys.executable).with_name("weed")
OPEN = "open-to-all"
"""A bucket that takes requests without a signature, so that a proxy can change them."""
SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStorage:
    """A server that speaks S3, with one account, its bucket, and one that is open to all."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str

    @property
    def settings(self) -> dict[str, str]:
        """What a program finds in its environment to reach the server."""
        return {
            "MX_MIRROR_ENDPOINT": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": "us-east-1",
        }

    def make_bucket(self, name: str) -> None:
        """Make a bucket, which the first object in it does."""
        store = self._open(name)
        store.put("made", b"")
        store.delete("made")

    def delete(self, prefix: str) -> None:
        """Delete the objects below a prefix of the bucket."""
        store = self._open(self.bucket)
        store.delete([each["path"] for page in store.list(prefix) for each in page])

    def _open(self, name: str) -> S3Store:
        return S3Store(
            name,
            endpoint=self.endpoint,
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            client_options={"allow_http": True},
        )


@contextmanager
def object_storage(
    bucket: str = "mirror-of-tests", *, volumes: int = 40, volume_mb: int = 32
) -> Iterator[ObjectStorage]:
    """Start SeaweedFS in a temporary folder, and give its address and account.

    Args:
        volumes: the files that it may make for all objects; each bucket needs one or more.
        volume_mb: from this size on a volume takes no more objects.
    """
    account = {"accessKey": "mirror", "secretKey": "a secret of the tests alone"}
    identities = [
        {"name": "mirror", "credentials": [account], "actions": ["Admin"]},
        {"name": "anonymous", "actions": [f"{each}:{OPEN}" for each in ("Read", "Write", "List")]},
    ]
    with tempfile.TemporaryDirectory(prefix="weed-", dir="/tmp") as name:
        folder = Path(name)
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))
        port, options = _options(folder)
        options += [f"-volume.max={volumes}", f"-master.volumeSizeLimitMB={volume_mb}"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(WEED), "server", *options],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": name},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            _await(port, server, log=folder / "log")
            made = ObjectStorage(
                endpoint=f"http://127.0.0.1:{port}",
                bucket=bucket,
                access_key=account["accessKey"],
                secret_key=account["secretKey"],
            )
            for each in (bucket, OPEN):
                made.make_bucket(each)
            yield made
        finally:
            server.kill()
            server.wait()


def _options(folder: Path) -> tuple[int, list[str]]:
    """Give the port for S3, and all options: nothing is asked of or told to another machine."""
    names = ("master", "volume", "filer", "s3")
    ports = _free_ports(2 * len(names))
    options = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
    for name, port, grpc in zip(names, ports[::2], ports[1::2], strict=True):
        options += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc}"]
    options += [
        "-master.telemetry=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        f"-s3.config={folder / 's3.json'}",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
    ]
    return ports[-2], options


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _await(port: int, server: subprocess.Popen[bytes], *, log: Path) -> None:
    """Wait until the server answers, if only with a refusal."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.1)
    raise AssertionError(f"weed: expected an answer, found: {log.read_text()[-500:]}")
