"""`ingest check`: look at everything that a run needs, and say what it would do."""

import json
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from ingest.commands.checks.finding import Finding, Findings, Verdict, catching, worst
from ingest.commands.exit_codes import FAILED, INCOMPLETE, MISUSED
from ingest.commands.options import Json

if TYPE_CHECKING:
    from ingest.settings import Settings

CODES: Final = {
    Verdict.MISUSED: MISUSED,
    Verdict.FAILED: FAILED,
    Verdict.INCOMPLETE: INCOMPLETE,
}


def check(as_json: Json = False) -> None:
    """Check settings, keys, source, disk, tables and units; fetch nothing.

    A line each, and the next step where something is wrong.
    """
    from ingest.commands.checks.configuration import check_settings

    settings, found = check_settings()
    if settings:
        found += _check_all(settings)
    verdict = worst(found)
    if as_json:
        facts = {"is_good": verdict is None, "findings": [asdict(each) for each in found]}
        typer.echo(json.dumps(facts))
    else:
        typer.echo("\n".join(map(_line, found)))
        typer.echo(_last_line(found))
    if verdict:
        raise typer.Exit(CODES[verdict])


def _check_all(settings: "Settings") -> list[Finding]:
    from ingest.commands.checks.delivery import check_source
    from ingest.commands.checks.disk import check_disk
    from ingest.commands.checks.receiver import check_keys
    from ingest.commands.checks.tables import check_runs, check_tables
    from ingest.commands.checks.units import check_units
    from ingest.commands.receiver import open_checked_keyring, open_configured_source
    from ingest.store.index.catch_up import open_state

    now, data, where = datetime.now(tz=UTC), settings.data, settings.source
    found = check_keys(lambda: open_checked_keyring(settings), today=now.date())
    with ExitStack() as opened:
        state = None
        with catching(found, Findings("ledger")):
            state = opened.enter_context(open_state(data / "ledger"))
        source = open_configured_source(settings)
        found += check_source(source, where=where, state=state, data=data)
        found += check_disk(data, state)
        if state:
            found.append(check_runs(state, now=now))
            found += check_tables(data, state, now=now)
    return [*found, *check_units()]


def _line(found: Finding) -> str:
    return f"{found.verdict:<11} {found.subject:<10} {found.text}"


def _last_line(found: list[Finding]) -> str:
    faults = sum(not each.is_good for each in found)
    if not faults:
        return "everything is in order; fetch with: ingest run"
    return f"{faults} {'line tells' if faults == 1 else 'lines tell'} a fault and its next step"
