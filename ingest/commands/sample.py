"""`ingest sample`: write synthetic deliveries, and serve them if asked."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from ingest.commands.options import Json
from ingest.errors import KeyringError, SettingsError
from ingest.settings import load_settings, reveal
from sample.send.armour import Bodies


def sample(
    to: Annotated[
        str, typer.Option(metavar="TARGET", help="A folder, or sftp://user@host:port/folder.")
    ],
    clients: Annotated[int, typer.Option(min=1, metavar="N", help="Number of clients.")] = 1,
    users: Annotated[
        int, typer.Option(min=1, metavar="N", help="Users of each client at the start.")
    ] = 25,
    days: Annotated[int, typer.Option(min=1, metavar="N", help="Number of snapshot dates.")] = 7,
    start: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="The first date; by default the last one is yesterday.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed makes the same world.")] = 1,
    surprise: Annotated[
        bool, typer.Option("--surprise", help="Also send a resource of an unknown type.")
    ] = False,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write the tables that must result, as JSON lines."),
    ] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Then serve the folder as MX's Reporting API, until Ctrl-C."),
    ] = False,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="PORT", help="The server's port; 0 takes a free one."
        ),
    ] = 0,
    bodies: Annotated[
        Bodies, typer.Option(metavar="FORM", help="The form of served files: pgp, armour or plain.")
    ] = "pgp",
    as_json: Json = False,
) -> None:
    """Write synthetic deliveries as MX would send them.

    They are encrypted to the newest key of MX_GNUPGHOME.
    """
    from ingest.commands.receiver import open_keyring
    from sample.send.sender import write_sample

    settings = load_settings("gnupghome")
    if serve and urlsplit(to).scheme == "sftp":
        raise SettingsError("--serve: expected --to to be a folder, found an sftp address")
    keyring = open_keyring(settings)
    known = keyring.home.private_keys()
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
    if not serve:
        typer.echo(json.dumps(asdict(summary)) if as_json else summary.text())
        return
    from sample.serve.offer import offering, wait_for_stop

    offered = offering(
        Path(to).expanduser(),
        keyring=keyring,
        api_key=reveal(settings.api_key),
        bodies=bodies,
        port=port,
    )
    with offered as offer:
        facts = asdict(summary) | offer.facts()
        typer.echo(json.dumps(facts) if as_json else f"# {summary.text()}\n{offer.text()}")
        wait_for_stop()
