"""The command `ingest`: parse, call, print."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ingest.errors import IngestError, SettingsError
from ingest.settings import load_settings, reveal

FAILED, MISUSED, NOT_WHOLE = 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Land MX's encrypted daily files as verified Parquet.",
)
keys = typer.Typer(no_args_is_help=True, help="Make, list and export the receiver's key pair.")
app.add_typer(keys, name="keys")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]


def main() -> None:
    """Run a command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    with fail_on_error():
        app()


@contextmanager
def fail_on_error() -> Iterator[None]:
    """Turn a foreseeable fault into one line and an exit code."""
    try:
        yield
    except SettingsError as error:
        _fail(str(error), MISUSED)
    except IngestError as error:
        _fail(str(error), FAILED)
    except OSError as error:
        _fail(f"{error.filename or 'disk'}: expected to work, found {error.strerror}", FAILED)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"ingest: {message}", err=True)
    raise SystemExit(code)


@app.command()
def run(
    accept_unlisted: Annotated[
        bool,
        typer.Option("--accept-unlisted", help="Land files that no manifest lists, too."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch, archive, verify and land all that is new."""
    from ingest.judge import Rules
    from ingest.openpgp import Keyring
    from ingest.pipeline import run as run_pipeline
    from ingest.sources import open_source

    settings = load_settings("source", "gnupghome")
    keyring = Keyring(Path(str(settings.gnupghome)), passphrase=reveal(settings.gpg_passphrase))
    rules = Rules(
        settle=timedelta(hours=settings.settle_hours),
        max_plain_bytes=settings.max_plain_bytes,
        accept_unlisted=accept_unlisted,
    )
    with open_source(
        str(settings.source),
        password=reveal(settings.sftp_password),
        private_key=reveal(settings.sftp_private_key),
        known_hosts=settings.sftp_known_hosts,
    ) as source:
        summary = run_pipeline(source, data=settings.data, keyring=keyring, rules=rules)
    if as_json:
        typer.echo(json.dumps(summary.facts()))
    else:
        typer.echo(summary.text())
    if summary.failures:
        raise SystemExit(FAILED)
    if summary.alarms:
        raise SystemExit(NOT_WHOLE)


@keys.command("new")
def new_key(
    user_name: Annotated[str, typer.Option("--name", help="Whose key it is.")] = "MX receiver",
    email: Annotated[str, typer.Option(help="Its owner's address.")] = "mx-receiver@localhost",
    expires: Annotated[str, typer.Option(help="When: 2y, 18m, or 0 for never.")] = "2y",
    as_json: Json = False,
) -> None:
    """Make an RSA-4096 key pair; the public half is what MX asks for."""
    from ingest.keys import make_receiver_key

    settings = load_settings("gnupghome")
    home = Path(str(settings.gnupghome))
    fingerprint = make_receiver_key(
        home,
        user_name=user_name,
        email=email,
        expires=expires,
        passphrase=reveal(settings.gpg_passphrase),
    )
    typer.echo(json.dumps({"fingerprint": fingerprint}) if as_json else fingerprint)


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """List the key pairs that can open deliveries."""
    from ingest.openpgp import Keyring

    settings = load_settings("gnupghome")
    for key in Keyring(Path(str(settings.gnupghome))).private_keys():
        facts = {
            "fingerprint": key.fingerprint,
            "user_id": key.user_id,
            "created": str(key.created),
            "expires": str(key.expires) if key.expires else "never",
        }
        typer.echo(json.dumps(facts) if as_json else "  ".join(facts.values()))


@keys.command("export")
def export_key(
    fingerprint: Annotated[
        str | None, typer.Argument(help="Which one; the newest if not said.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a public key as ASCII armour, to be sent to MX."""
    from ingest.errors import KeyringError
    from ingest.openpgp import Keyring

    settings = load_settings("gnupghome")
    keyring = Keyring(Path(str(settings.gnupghome)))
    known = [key.fingerprint for key in keyring.private_keys()]
    if not known:
        raise KeyringError(
            f"key folder {settings.gnupghome}: expected a key pair, found none; "
            "make one with: ingest keys new"
        )
    chosen = fingerprint or known[-1]
    armour = keyring.export_public(chosen)
    if as_json:
        typer.echo(json.dumps({"fingerprint": chosen, "public_key": armour}))
    else:
        typer.echo(armour, nl=False)
