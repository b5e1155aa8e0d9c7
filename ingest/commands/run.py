"""`ingest run`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.commands import Json, conclude
from ingest.settings import load_settings, reveal


def run(
    accept_unlisted: Annotated[
        bool,
        typer.Option("--accept-unlisted", help="Land files that no manifest lists, too."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch, archive, verify and land all that is new."""
    from ingest.commands.bar import progress_bar
    from ingest.commands.receiver import open_keyring, read_rules
    from ingest.keys import warn_of_expiry
    from ingest.pipeline import run as run_pipeline
    from ingest.sources import open_source

    settings = load_settings("source", "gnupghome")
    keyring = open_keyring(settings)
    warn_of_expiry(keyring, today=datetime.now(tz=UTC).date())
    rules = read_rules(settings, accept_unlisted=accept_unlisted)
    opened = open_source(
        settings.source,
        password=reveal(settings.sftp_password),
        private_key=reveal(settings.sftp_private_key),
        known_hosts=settings.sftp_known_hosts,
    )
    with opened as source, progress_bar() as progress:
        summary = run_pipeline(
            source, data=settings.data, keyring=keyring, rules=rules, progress=progress
        )
    conclude(summary, as_json=as_json)
