"""`ingest run`: fetch, archive, verify and land new files."""

from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.exit_codes import conclude
from ingest.commands.options import Json, date_option
from ingest.errors import SettingsError
from ingest.settings import data_folder, load_settings

if TYPE_CHECKING:
    from ingest.receive.wanted import Days

Since = Annotated[datetime | None, date_option("Fetch no day before this one.")]
Until = Annotated[datetime | None, date_option("Fetch no day after this one.")]
AcceptUnlisted = Annotated[
    bool, typer.Option("--accept-unlisted", help="Also land files that no manifest lists.")
]


def run(
    accept_unlisted: AcceptUnlisted = False,
    since: Since = None,
    until: Until = None,
    allow_empty: Annotated[
        bool,
        typer.Option(
            "--allow-empty", help="Exit with 0 even if the source never had a file of MX."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch, archive, verify and land all new files; mirror them where MX_MIRROR is set."""
    from ingest.commands.console import name_clients_in_logs, progress_bar
    from ingest.commands.mirror import mirror_after_run, open_bucket
    from ingest.commands.receiver import open_checked_keyring, open_configured_source, read_rules
    from ingest.openpgp.receiver_key import warn_of_expiry
    from ingest.pipeline import run as run_pipeline
    from ingest.status.runs import recording_failure

    days = _choose_days(since, until)
    with ExitStack() as opened:
        with recording_failure("run", data=data_folder()):
            settings = load_settings("source", "gnupghome")
            name_clients_in_logs(settings.client_names)
            keyring = open_checked_keyring(settings)
            warn_of_expiry(keyring.home, today=datetime.now(tz=UTC).date())
            rules = read_rules(settings, accept_unlisted=accept_unlisted)
            bucket = open_bucket(settings) if settings.mirror else None
            source = opened.enter_context(open_configured_source(settings))
        progress = opened.enter_context(progress_bar())
        summary = run_pipeline(
            source,
            data=settings.data,
            keyring=keyring,
            rules=rules,
            days=days,
            where=settings.source,
            progress=progress,
        )
    mirrored = mirror_after_run(settings, bucket)
    conclude(summary, as_json=as_json, allow_empty=allow_empty, mirrored=mirrored)


def _choose_days(since: datetime | None, until: datetime | None) -> "Days":
    from ingest.receive.wanted import Days

    days = Days(
        since=since.date() if since else date.min, until=until.date() if until else date.max
    )
    if days.until < days.since:
        raise SettingsError(f"--until: expected {days.since} or later, found {days.until}")
    return days
