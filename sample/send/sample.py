"""Send a synthetic world as MX would: a delivery for each client and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring
from ingest.status.runs import Progress, Silent
from sample.send.delivery import Sender
from sample.send.destination import open_destination
from sample.send.resources import resources_of
from sample.send.schema import read_catalogue
from sample.send.truth import Truth
from sample.world.life import Day
from sample.world.world import Client, make_clients, make_days

SILENT = Silent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The sizes of what was sent."""

    deliveries: int
    files: int
    """Daily files; the manifests come on top."""
    rows: int
    encrypted_bytes: int

    def text(self) -> str:
        return (
            f"sent {self.deliveries:,} deliveries, {self.files:,} daily files, "
            f"{self.rows:,} rows, {self.encrypted_bytes / 1e6:,.1f} MB encrypted"
        )


def write_sample(
    *,
    to: str,
    keyring: Keyring,
    recipient: str,
    seed: int,
    clients: int,
    users: int,
    days: int,
    start: date,
    surprise: bool,
    truth: Path | None,
    sftp_password: str | None,
    known_hosts: Path | None,
    progress: Progress = SILENT,
) -> Summary:
    """Write synthetic deliveries, and on request the tables that must result.

    Args:
        to: a folder, or `sftp://user@host:port/folder`.
        recipient: the fingerprint of the receiver's key in the keyring.
        users: how many each client has in the end; some are created only after days.
        surprise: send a resource without a model from the second day on.
        truth: where to write the tables, which are in memory until then.
        progress: counts deliveries.

    Raises:
        SettingsError: the address is malformed, or a setting for it is missing.
        SourceError: the destination cannot be reached or written.
        KeyringError: gpg refused.
    """
    catalogue = read_catalogue()
    tables = Truth(catalogue) if truth else None
    world = make_clients(seed=seed, clients=clients, users=users)
    with open_destination(to, password=sftp_password, known_hosts=known_hosts) as destination:
        sender = Sender(
            destination=destination,
            post=Post(keyring=keyring, recipient=recipient),
            catalogue=catalogue,
            truth=tables,
        )
        calendar = list(make_days(start=start, days=days))
        summary = _send_all(sender, world, calendar, surprise=surprise, progress=progress)
    if tables and truth:
        tables.write(truth)
    return summary


def _send_all(
    sender: Sender,
    world: list[Client],
    calendar: Sequence[Day],
    *,
    surprise: bool,
    progress: Progress,
) -> Summary:
    deliveries = files = rows = encrypted_bytes = 0
    progress.begin("deliver", total=len(calendar) * len(world))
    for day in calendar:
        for client in world:
            sent = sender.send(client, day, resources=resources_of(day, surprise=surprise))
            progress.advance(1)
            deliveries += 1
            files += len(sent)
            rows += sum(file.row_count for file in sent)
            encrypted_bytes += sum(file.encrypted_bytes for file in sent)
    return Summary(deliveries=deliveries, files=files, rows=rows, encrypted_bytes=encrypted_bytes)
