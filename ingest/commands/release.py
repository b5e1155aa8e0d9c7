"""`ingest release`: check quarantined files again, set files aside, or give them up."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.exit_codes import INCOMPLETE
from ingest.commands.options import Json
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.status.runs import Summary

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME",
        help="Check these files only, set-aside ones included. Without a NAME: all files in "
        "quarantine that were not set aside.",
    ),
]
SetAside = Annotated[
    list[str] | None,
    typer.Option(
        "--set-aside",
        metavar="NAME",
        help="Move a landed file to quarantine; NAME may be the path of its Parquet file. It stays "
        "there until other bytes come, or until: ingest release NAME.",
    ),
]
GiveUp = Annotated[
    list[str] | None,
    typer.Option(
        "--give-up",
        metavar="NAME",
        help="Stop waiting for a file, a day (2026-01-31 or CLT-.../2026-01-31) or a client.",
    ),
]


def release(
    names: Names = None,
    set_aside: SetAside = None,
    give_up: GiveUp = None,
    as_json: Json = False,
) -> None:
    """Check quarantined files again, and land those that pass.

    Or set landed files aside, or give up files that MX confirms it will not send.
    """
    from ingest import operations
    from ingest.commands.console import name_clients_in_logs
    from ingest.commands.receiver import read_rules

    if sum(map(bool, (names, set_aside, give_up))) > 1:
        raise SettingsError(
            "ingest release: expected NAMEs, --set-aside or --give-up, found more than one of "
            "these; give a command for each, and the option before every NAME"
        )
    settings = load_settings(*([] if set_aside or give_up else ["gnupghome"]))
    name_clients_in_logs(settings.client_names)
    rules = read_rules(settings)
    if set_aside:
        summary = operations.set_files_aside(set_aside, data=settings.data, rules=rules)
    elif give_up:
        summary = operations.give_up(give_up, data=settings.data, rules=rules)
    else:
        summary = _check_again(names or [], settings)
    typer.echo(json.dumps(summary.facts()) if as_json else summary.text())
    if summary.alarms:
        raise typer.Exit(INCOMPLETE)


def _check_again(names: list[str], settings: Settings) -> "Summary":
    from ingest import operations
    from ingest.commands.console import progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.status.runs import recording_failure

    with recording_failure("release", data=settings.data):
        keyring, rules = open_checked_keyring(settings), read_rules(settings)
    with progress_bar() as progress:
        return operations.release(
            names, data=settings.data, keyring=keyring, rules=rules, progress=progress
        )
