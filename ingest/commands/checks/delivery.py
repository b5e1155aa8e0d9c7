"""Check the source: reached, its server known, logged in, and what a run would fetch."""

from contextlib import AbstractContextManager
from pathlib import Path

from ingest.commands.checks.finding import Finding, Findings, catching
from ingest.delivery.names import is_ours
from ingest.receive.sources import Source, SourceFile
from ingest.receive.wanted import Offer, choose_wanted
from ingest.status.runs import EmptySource, without_accounts
from ingest.store.index.state import LedgerState

_FOUND = Findings("source")
_HOW = {
    "sftp": "the host key is known and the login worked",
    "http": "the API key is accepted",
    "https": "the certificate is trusted and the API key is accepted",
}


def check_source(
    opened: AbstractContextManager[Source],
    *,
    where: str,
    state: LedgerState | None,
    data: Path,
) -> list[Finding]:
    """List what is there, and say what a run would fetch; no file is opened.

    Args:
        state: what the ledger knows; None where it cannot be read.
    """
    found: list[Finding] = []
    with catching(found, _FOUND), opened as source:
        listed = source.list_files()
        how = _HOW.get(where.partition("://")[0].lower(), "the folder can be listed")
        found.append(_FOUND.good(f"{without_accounts(where)}: {how}"))
        found += _describe(listed, where=where, state=state, data=data)
    return found


def _describe(
    listed: list[SourceFile], *, where: str, state: LedgerState | None, data: Path
) -> list[Finding]:
    ours = [each for each in listed if is_ours(each.name)]
    if not ours and not (state and state.knows_files):
        empty = EmptySource(where=without_accounts(where), ignored=len(listed))
        return [_FOUND.incomplete(empty.text())]
    others = len(listed) - len(ours)
    there = f"{len(ours):,} files of MX{f', {others:,} other files' if others else ''}"
    if state is None:
        return [_FOUND.good(f"{there} are there")]
    wanted = choose_wanted(map(Offer.of, listed), state=state, data=data)
    return [_FOUND.good(f"{there} are there; a run would fetch {_describe_wanted(wanted)}")]


def _describe_wanted(wanted: list[Offer]) -> str:
    if not wanted:
        return "nothing: all is in the archive"
    megabytes = sum(offer.listed.size_bytes for offer in wanted) / 1e6
    days = sorted(offer.file.delivery.snapshot_date for offer in wanted if offer.file)
    span = f", days {days[0]} to {days[-1]}" if days else ""
    return f"{len(wanted):,} files, {megabytes:,.1f} MB{span}"
