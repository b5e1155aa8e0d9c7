"""`ingest keys new | list | export`: manage the receiver's key pair."""

import json
from typing import Annotated

import typer

from ingest.commands.options import Json
from ingest.errors import KeyringError
from ingest.settings import load_settings, reveal

keys = typer.Typer(no_args_is_help=True, help="Make, list and export the receiver's key pair.")


@keys.command()
def new(
    name: Annotated[str, typer.Option(metavar="NAME", help="The owner's name.")] = "MX receiver",
    email: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The owner's address.")
    ] = "mx-receiver@localhost",
    expires: Annotated[str, typer.Option(metavar="TIME", help="2y, 18m, or 0 for never.")] = "2y",
    as_json: Json = False,
) -> None:
    """Make an RSA-4096 key pair; send its public key to MX."""
    from ingest.openpgp.receiver_key import make_receiver_key

    settings = load_settings("gnupghome")
    fingerprint = make_receiver_key(
        settings.gnupghome,
        user_name=name,
        email=email,
        expires=expires,
        passphrase=reveal(settings.gpg_passphrase),
    )
    typer.echo(json.dumps({"fingerprint": fingerprint}) if as_json else fingerprint)


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """List the key pairs that can open deliveries."""
    from ingest.openpgp.gnupg_home import GnupgHome

    facts = [
        {
            "fingerprint": key.fingerprint,
            "user_id": key.user_id,
            "created": str(key.created),
            "expires": str(key.expires) if key.expires else "never",
        }
        for key in GnupgHome(load_settings("gnupghome").gnupghome).private_keys()
    ]
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for each in facts:
        typer.echo("  ".join(each.values()))


@keys.command()
def export(
    fingerprint: Annotated[
        str | None,
        typer.Argument(metavar="FINGERPRINT", help="The key; by default the newest."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a public key as ASCII armour, the form that MX asks for."""
    from ingest.openpgp.gnupg_home import GnupgHome

    home = GnupgHome(load_settings("gnupghome").gnupghome)
    known = [key.fingerprint for key in home.private_keys()]
    if not known:
        raise KeyringError(
            f"key folder {home.path}: expected a key pair, found none; "
            "make one with: ingest keys new"
        )
    chosen = fingerprint or known[-1]
    armour = home.export_public(chosen)
    if as_json:
        typer.echo(json.dumps({"fingerprint": chosen, "public_key": armour}))
    else:
        typer.echo(armour, nl=False)
