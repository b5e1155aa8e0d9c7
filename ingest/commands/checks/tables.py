"""Check the ledger, the last build and the release that readers see."""

from datetime import datetime
from pathlib import Path

from ingest.commands.checks.finding import Finding, Findings, catching
from ingest.status.as_text import age, failing_lines
from ingest.status.report.readers import Served
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import count_settled
from ingest.warehouse.dbt import BUILD_COMMAND
from ingest.warehouse.readers import read_served

_RUNS, _BUILD, _RELEASE = Findings("runs"), Findings("warehouse"), Findings("release")


def check_runs(state: LedgerState, *, now: datetime) -> Finding:
    """Say when a run last succeeded."""
    if state.failing:
        said = " ".join(failing_lines(state.failing, now=now).split())
        return _RUNS.incomplete(f"expected the last run to succeed, found: {said}")
    succeeded_at = state.meta.succeeded_at
    if succeeded_at is None:
        return _RUNS.absent("none yet: ingest run")
    passed, landed = age(now - succeeded_at), count_settled(state)[0]
    return _RUNS.good(f"the last one succeeded {passed} ago; {landed:,} files have landed")


def check_tables(data: Path, state: LedgerState, *, now: datetime) -> list[Finding]:
    """Say how old the build and the release are, and whether they can be read."""
    found: list[Finding] = []
    with catching(found, _BUILD):
        served = read_served(data, landed_files=count_settled(state)[0])
        found += [_check_build(served, now=now), _check_release(served, now=now)]
    return found


def _check_build(served: Served, *, now: datetime) -> Finding:
    if served.problems:
        more = f" (and {len(served.problems) - 1} more)" if served.problems[1:] else ""
        return _BUILD.incomplete(f"{served.problems[0]}{more}; see: ingest report")
    if served.finished_at is None:
        return _BUILD.absent(f"none yet: {BUILD_COMMAND}")
    if served.files_to_build:
        return _BUILD.incomplete(
            f"expected all landed files in it, found {served.files_to_build:,} that wait; "
            f"build with: {BUILD_COMMAND}"
        )
    built = age(now - served.finished_at)
    return _BUILD.good(f"readable; the last build was complete {built} ago")


def _check_release(served: Served, *, now: datetime) -> Finding:
    if served.release is None:
        return _RELEASE.absent("none yet: a complete build publishes one")
    if served.built_at is None:
        return _RELEASE.incomplete(f"release {served.release}: see the line above")
    if not served.is_current:
        return _RELEASE.incomplete(
            f"release {served.release}: expected the last build, found an older one; "
            "publish with: ingest publish"
        )
    built = age(now - served.built_at)
    return _RELEASE.good(f"release {served.release} is readable, of the build {built} ago")
