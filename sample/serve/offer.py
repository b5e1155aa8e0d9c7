"""Serve written deliveries for `ingest sample --serve`, until it is stopped."""

import errno
import secrets
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SettingsError
from ingest.openpgp.keyring import Keyring
from ingest.store.durable import write_in_place
from sample.send.armour import Bodies
from sample.serve.reporting_api import serve_reporting_api

STOPS = (signal.SIGINT, signal.SIGTERM)
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The settings that a receiver needs."""

    sources: list[str]
    files: int
    """The number of daily files listed: those of the last seven days."""
    api_key_file: Path
    ca: Path

    def facts(self) -> dict[str, object]:
        return {
            "sources": self.sources,
            "files_listed": self.files,
            "api_key_file": str(self.api_key_file),
            "ca": str(self.ca),
        }

    def text(self) -> str:
        """Write the settings as a shell and `.env` take them."""
        settings = [
            *(("MX_SOURCE", source) for source in self.sources),
            ("MX_API_KEY_FILE", str(self.api_key_file)),
            ("MX_HTTPS_CA", str(self.ca)),
        ]
        lines = [f"{name}={shlex.quote(value)}" for name, value in settings]
        served = f"# {self.files:,} daily files of the last seven days are served until Ctrl-C"
        return "\n".join([*lines, served])


@contextmanager
def offering(
    folder: Path, *, keyring: Keyring, api_key: str | None, bodies: Bodies, port: int
) -> Iterator[Offer]:
    """Serve a folder while the block runs; key and CA lie in a folder beside it.

    Signals to stop wait for `wait_for_stop`.

    Raises:
        SettingsError: the port is taken.
        RejectedError, KeyringError: a manifest cannot be read.
    """
    beside = Path(f"{folder.resolve()}-api")
    key_file, ca = beside / "api_key", beside / "ca.pem"
    key = api_key or secrets.token_urlsafe(KEY_BYTES)
    write_in_place(key_file, f"{key}\n".encode())
    serving = serve_reporting_api(
        folder, keyring=keyring, api_key=key, bodies=bodies, port=port, ca=ca
    )
    with _stops_waiting(), _reporting_taken(port), serving as at:
        clients = at.deliveries.clients()
        yield Offer(
            sources=[at.address_of(client) for client in clients],
            files=sum(len(at.deliveries.list_files(client)) for client in clients),
            api_key_file=key_file,
            ca=ca,
        )


def wait_for_stop() -> None:
    """Wait for Ctrl-C, or for SIGTERM."""
    signal.sigwait(STOPS)


@contextmanager
def _stops_waiting() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _reporting_taken(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES) or error.filename:
            raise
        raise SettingsError(
            f"--port {port}: expected one that is free, found: {error.strerror}"
        ) from error
