"""`ingest erase`: forget a user everywhere, and keep a record that it was done."""

import getpass
import json
import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.exit_codes import INCOMPLETE
from ingest.commands.options import Json
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings, reveal

if TYPE_CHECKING:
    from ingest.erasure.elsewhere import Elsewhere
    from ingest.erasure.outcome import Outcome

User = Annotated[str, typer.Argument(metavar="USER", help="The user's GUID at MX: USR-...")]
Client = Annotated[
    str | None,
    typer.Option(metavar="CLIENT", help="The user's client, if several have such a user."),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asked; else your login name.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only count what would go, and change nothing.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with an erasure that was stopped, without USER.")
]


def erase(
    user: User = "",
    client: Client = None,
    by: By = "",
    dry_run: DryRun = False,
    resume: Resume = False,
    as_json: Json = False,
) -> None:
    """Erase a user and all that the user owns: archive, landing, warehouse, releases, mirrors."""
    from ingest.commands.console import name_clients_in_logs

    _check_options(user, client=client, dry_run=dry_run, resume=resume)
    settings = load_settings(*([] if dry_run else ["gnupghome"]))
    name_clients_in_logs(settings.client_names)
    elsewhere = open_elsewhere(settings)
    if dry_run:
        outcome = _preview(user, client, settings, elsewhere)
    else:
        outcome = _erase(user, client, by or login_name(), settings, elsewhere)
    typer.echo(json.dumps(outcome.facts()) if as_json else outcome.text())
    if outcome.is_incomplete:
        raise typer.Exit(INCOMPLETE)


def _check_options(user: str, *, client: str | None, dry_run: bool, resume: bool) -> None:
    if bool(user) == resume:
        found = "both" if user else "neither"
        raise SettingsError(f"ingest erase: expected USER or --resume, found {found}")
    if resume and (dry_run or client):
        raise SettingsError("--resume: expected without --dry-run and --client, found one of them")


def _preview(
    user: str, client: str | None, settings: Settings, elsewhere: "Elsewhere"
) -> "Outcome":
    from ingest.erasure.erase import preview

    key = reveal(settings.mask_key)
    outcome = preview(user, data=settings.data, client=client, mask_key=key)
    elsewhere.preview(outcome)
    return outcome


def _erase(
    user: str, client: str | None, by: str, settings: Settings, elsewhere: "Elsewhere"
) -> "Outcome":
    """Erase a user, or go on where none is named."""
    from ingest.commands.console import progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.erasure import erase as engine

    keyring, rules = open_checked_keyring(settings), read_rules(settings)
    with progress_bar() as progress:
        work = engine.Work(data=settings.data, keyring=keyring, rules=rules, progress=progress)
        outcome = work.erase(user, client=client, requested_by=by) if user else work.resume()
    end = partial(engine.end, data=settings.data, rules=rules)
    elsewhere.remove(outcome, **({} if outcome.stuck else {"end": end}))
    return outcome


def open_elsewhere(settings: Settings) -> "Elsewhere":
    from ingest.commands.mirror import open_bucket
    from ingest.erasure.elsewhere import Elsewhere
    from ingest.warehouse.publish.serving import read_serving

    return Elsewhere(
        data=settings.data,
        serving=read_serving(settings),
        bucket=open_bucket(settings) if settings.mirror else None,
        only=settings.mirror_only,
        lake=settings.lake,
    )


def login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        return str(os.getuid())
