"""`ingest release`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.options import Json
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from ingest.status.summary import Summary

NOT_WHOLE = 3

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME",
        help="Check only these files, and land them again if they were set aside. Without a NAME, "
        "all files in quarantine that were not set aside.",
    ),
]
SetAside = Annotated[
    list[str] | None,
    typer.Option(
        "--set-aside",
        metavar="NAME",
        help="A landed file, or the path of its Parquet file: take it out, to quarantine. It stays "
        "there until other bytes come, or until: ingest release NAME.",
    ),
]
GiveUp = Annotated[
    list[str] | None,
    typer.Option(
        "--give-up",
        metavar="NAME",
        help="A file, a day (2026-01-31, CLT-.../2026-01-31) or a client that never comes.",
    ),
]


def release(
    names: Names = None,
    set_aside: SetAside = None,
    give_up: GiveUp = None,
    as_json: Json = False,
) -> None:
    """Check quarantined files again and land those that pass; or take a landed file out."""
    from ingest import pipeline
    from ingest.commands.receiver import read_rules

    if sum(map(bool, (names, set_aside, give_up))) > 1:
        raise SettingsError(
            "ingest release: expected NAMEs, --set-aside or --give-up, found more than one of "
            "these; give a command for each, and the option before every NAME"
        )
    settings = load_settings(*([] if set_aside or give_up else ["gnupghome"]))
    rules = read_rules(settings)
    if set_aside:
        summary = pipeline.set_files_aside(set_aside, data=settings.data, rules=rules)
    elif give_up:
        summary = pipeline.give_up(give_up, data=settings.data, rules=rules)
    else:
        summary = _check_again(names or [], settings)
    typer.echo(json.dumps(summary.facts()) if as_json else summary.text())
    if summary.alarms:
        raise typer.Exit(NOT_WHOLE)


def _check_again(names: list[str], settings: Settings) -> "Summary":
    from ingest import pipeline
    from ingest.commands.console import progress_bar
    from ingest.commands.receiver import open_checked_keyring, read_rules
    from ingest.status.failed_runs import recording_failure

    with recording_failure("release", data=settings.data):
        keyring, rules = open_checked_keyring(settings), read_rules(settings)
    with progress_bar() as progress:
        return pipeline.release(
            names, data=settings.data, keyring=keyring, rules=rules, progress=progress
        )
