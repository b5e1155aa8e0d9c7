"""`ingest retain`: take rows out that are older than they may be kept."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.commands.erase import By, DryRun, login_name, open_elsewhere
from ingest.commands.exit_codes import INCOMPLETE
from ingest.commands.options import Json
from ingest.settings import load_settings

OlderThan = Annotated[
    str,
    typer.Option("--older-than", metavar="AGE", help="Days, months or years: 90d, 18m or 3y."),
]


def retain(
    older_than: OlderThan, by: By = "", dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Remove old events from archive, landing and history; keep what the present state needs."""
    from ingest.commands.console import name_clients_in_logs, progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.erasure.retain import Retention, first_kept_day, preview

    before = first_kept_day(older_than, today=datetime.now(tz=UTC).date())
    settings = load_settings(*([] if dry_run else ["gnupghome"]))
    name_clients_in_logs(settings.client_names)
    elsewhere = open_elsewhere(settings)
    if dry_run:
        outcome = preview(settings.data, before=before, memory_bytes=settings.memory)
        elsewhere.preview(outcome)
    else:
        keyring, rules = open_checked_keyring(settings), read_rules(settings)
        with progress_bar() as progress:
            retention = Retention(
                data=settings.data, before=before, keyring=keyring, rules=rules, progress=progress
            )
            outcome = retention.apply(requested_by=by or login_name())
        elsewhere.remove(outcome)
    typer.echo(json.dumps(outcome.facts()) if as_json else outcome.text())
    if outcome.is_incomplete:
        raise typer.Exit(INCOMPLETE)
