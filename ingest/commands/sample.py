"""`ingest sample`: write synthetic deliveries, and serve them if asked."""

import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from ingest.commands.options import Json, date_option
from ingest.errors import KeyringError, SettingsError
from ingest.settings import Settings, load_settings, reveal
from sample.send.armour import Bodies

if TYPE_CHECKING:
    from ingest.openpgp.keyring import Keyring
    from sample.send.sample import Summary
    from sample.serve.offer import Offer

To = Annotated[
    str, typer.Option(metavar="TARGET", help="A folder, or sftp://user@host:port/folder.")
]
Clients = Annotated[int, typer.Option(min=1, metavar="N", help="Number of clients.")]
Users = Annotated[int, typer.Option(min=1, metavar="N", help="Users of each client at the start.")]
Days = Annotated[int, typer.Option(min=1, metavar="N", help="Number of snapshot dates.")]
Start = Annotated[
    datetime | None, date_option("The first date; by default the last one is yesterday.")
]
Seed = Annotated[int, typer.Option(metavar="N", help="The same seed makes the same world.")]
Surprise = Annotated[
    bool, typer.Option("--surprise", help="Also send a resource of an unknown type.")
]
Truth = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Write the tables that must result, as JSON lines."),
]
Serve = Annotated[
    bool, typer.Option("--serve", help="Then serve the folder as MX's Reporting API, until Ctrl-C.")
]
Port = Annotated[
    int,
    typer.Option(min=0, max=65535, metavar="PORT", help="The server's port; 0 takes a free one."),
]
Form = Annotated[
    Bodies, typer.Option(metavar="FORM", help="The form of served files: pgp, armour or plain.")
]


def sample(
    to: To,
    clients: Clients = 1,
    users: Users = 25,
    days: Days = 7,
    start: Start = None,
    seed: Seed = 1,
    surprise: Surprise = False,
    truth: Truth = None,
    serve: Serve = False,
    port: Port = 0,
    bodies: Form = "pgp",
    as_json: Json = False,
) -> None:
    """Write synthetic deliveries as MX would send them.

    They are encrypted to the newest key of MX_GNUPGHOME.
    """
    from sample.send.sample import write_sample

    settings = load_settings("gnupghome")
    if serve and urlsplit(to).scheme == "sftp":
        raise SettingsError("--serve: expected --to to be a folder, found an sftp address")
    keyring, recipient = _open_newest_key(settings)
    summary = write_sample(
        to=to,
        keyring=keyring,
        recipient=recipient,
        seed=seed,
        clients=clients,
        users=users,
        days=days,
        start=start.date() if start else _today() - timedelta(days=days),
        surprise=surprise,
        truth=truth,
        sftp_password=reveal(settings.sftp_password),
        known_hosts=settings.sftp_known_hosts,
    )
    if not serve:
        typer.echo(json.dumps(asdict(summary)) if as_json else summary.text())
        return
    from sample.serve.offer import offering

    api_key, folder = reveal(settings.api_key), Path(to).expanduser()
    offered = offering(folder, keyring=keyring, api_key=api_key, bodies=bodies, port=port)
    _serve(offered, summary, as_json=as_json)


def _serve(offered: AbstractContextManager["Offer"], summary: "Summary", *, as_json: bool) -> None:
    from sample.serve.offer import wait_for_stop

    with offered as offer:
        facts = asdict(summary) | offer.facts()
        typer.echo(json.dumps(facts) if as_json else f"# {summary.text()}\n{offer.text()}")
        wait_for_stop()


def _open_newest_key(settings: Settings) -> tuple["Keyring", str]:
    from ingest.commands.receiver import open_keyring

    keyring = open_keyring(settings)
    known = keyring.home.private_keys()
    if not known:
        raise KeyringError(
            f"key folder {settings.gnupghome}: expected a key pair to encrypt to, found none; "
            "make one with: ingest keys new"
        )
    return keyring, known[-1].fingerprint


def _today() -> date:
    return datetime.now(tz=UTC).date()
