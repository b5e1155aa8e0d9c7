"""`ingest sample`."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ingest.commands import Json
from ingest.errors import KeyringError
from ingest.settings import load_settings, reveal


def sample(
    to: Annotated[str, typer.Option(help="A folder, or sftp://user@host:port/folder.")],
    clients: Annotated[int, typer.Option(min=1, help="How many clients send.")] = 1,
    users: Annotated[int, typer.Option(min=1, help="Users of each client at the start.")] = 25,
    days: Annotated[int, typer.Option(min=1, help="How many snapshot dates.")] = 7,
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first; by default the last is yesterday."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 1,
    surprise: Annotated[
        bool, typer.Option("--surprise", help="Send a resource type that nobody knows, too.")
    ] = False,
    truth: Annotated[
        Path | None, typer.Option(help="Write the tables that must result, as JSON lines.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write synthetic deliveries as MX would send them, to the newest key of MX_GNUPGHOME."""
    from ingest.openpgp import Keyring
    from ingest.sample.sender import write_sample

    settings = load_settings("gnupghome")
    keyring = Keyring(settings.gnupghome)
    known = keyring.private_keys()
    if not known:
        raise KeyringError(
            f"key folder {settings.gnupghome}: expected a key pair to encrypt to, found none; "
            "make one with: ingest keys new"
        )
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    summary = write_sample(
        to=to,
        keyring=keyring,
        recipient=known[-1].fingerprint,
        seed=seed,
        clients=clients,
        users=users,
        days=days,
        start=start.date() if start else yesterday - timedelta(days=days - 1),
        surprise=surprise,
        truth=truth,
        sftp_password=reveal(settings.sftp_password),
        known_hosts=settings.sftp_known_hosts,
    )
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
    else:
        typer.echo(
            f"sent {summary.deliveries:,} deliveries, {summary.files:,} daily files, "
            f"{summary.rows:,} rows, {summary.encrypted_bytes / 1e6:,.1f} MB encrypted"
        )
