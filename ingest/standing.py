"""How each listed or delivered file stands now, from the ledger alone. Pure, no I/O."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.errors import Reason
from ingest.ledger_state import LedgerState, Place, What


class Standing(StrEnum):
    """What a person on call wants to know of one daily file."""

    LANDED = "landed"
    WAITING = "waiting"
    RESTATED = "restated, waiting"
    MISSING = "missing"
    UNLISTED = "unlisted"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStanding:
    """One daily file, how it stands, and whether that calls for someone."""

    place: Place
    standing: Standing
    is_alarm: bool


def file_standings(
    state: LedgerState, *, now: datetime, settle: timedelta
) -> Iterator[FileStanding]:
    """Say of every daily file that was listed or delivered how it stands."""
    listed = {place for listings in state.listings.values() for place in listings}
    for place in sorted(listed | state.archived.keys()):
        standing = _standing(state, place)
        is_alarm = standing not in (Standing.LANDED, Standing.WAITING)
        if standing == Standing.WAITING:
            is_listed = place[0] in state.arbiters
            is_alarm = is_listed or now - state.archived[place].at > settle
        yield FileStanding(place=place, standing=standing, is_alarm=is_alarm)


def count_alarms(state: LedgerState, standings: Iterable[FileStanding]) -> int:
    """Count what calls for someone: files, manifests in quarantine, and names that break rules."""
    manifests = sum(
        verdict.what == What.QUARANTINED for verdict in state.manifest_verdicts.values()
    )
    return sum(each.is_alarm for each in standings) + manifests + len(state.bad_names)


def _standing(state: LedgerState, place: Place) -> Standing:
    archived, verdict = state.archived.get(place), state.verdicts.get(place)
    landed, listing = state.landed.get(place), state.listings.get(place[0], {}).get(place)
    if archived is None:
        return Standing.MISSING
    if verdict is None or verdict.encrypted_sha256 != archived.encrypted_sha256:
        return Standing.WAITING
    if verdict.what == What.QUARANTINED:
        return Standing.UNLISTED if verdict.reason == Reason.UNLISTED else Standing.QUARANTINED
    if landed and listing and not landed.fits(listing):
        return Standing.RESTATED
    if verdict.what == What.LANDED:
        return Standing.LANDED
    return Standing.WAITING
