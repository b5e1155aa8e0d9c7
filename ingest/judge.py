"""What to do next with each archived file, from what the ledger knows. Pure, no I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.delivery import Delivery, Event
from ingest.errors import Reason
from ingest.ledger_state import LedgerState, Place, Verdict, What


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator may decide."""

    settle: timedelta
    """How long a file may stay smaller than listed, or a manifest unreadable."""
    max_plain_bytes: int
    """Where a file stops being decrypted, unless its manifest says less."""
    memory_bytes: int = 512 << 20
    """What landing may take, of whatever size the files are."""
    accept_unlisted: bool = False
    """Land what no manifest lists, too."""
    recheck_quarantine: bool = False
    """Judge again what was turned away."""


class Step(StrEnum):
    """What happens next to one archived file."""

    NOTHING = "nothing"
    VERIFY = "verify"
    WAIT = "wait"
    CALL_TRUNCATED = "call truncated"
    CALL_UNLISTED = "call unlisted"


def next_file_step(state: LedgerState, place: Place, *, now: datetime, rules: Rules) -> Step:
    """Say what to do with the newest bytes of a daily file.

    What has been judged by the same manifest is not judged again, but that waiting ends one day.
    No manifest lists the files of a baseline, so they wait for none.
    """
    archived, verdict = state.archived[place], state.verdicts.get(place)
    arbiter = state.arbiter_of(place)
    is_same = verdict is not None and verdict.encrypted_sha256 == archived.encrypted_sha256
    if verdict and is_same and verdict.what == What.LANDED:
        return Step.NOTHING
    is_judged = is_same and verdict is not None and verdict.manifest_sha256 == arbiter
    if verdict and is_judged and _is_final(verdict, rules):
        return Step.NOTHING
    listing = state.listing_of(place)
    if place.event is Event.BASELINE:
        step = Step.VERIFY
    elif listing is None and not rules.accept_unlisted:
        step = Step.CALL_UNLISTED if arbiter else Step.WAIT
    elif listing and archived.encrypted_bytes < (listing.encrypted_bytes or 0):
        has_settled = now - archived.at >= rules.settle
        step = Step.CALL_TRUNCATED if has_settled else Step.WAIT
    else:
        step = Step.VERIFY
    return Step.NOTHING if is_judged and step == Step.WAIT else step


def _is_final(verdict: Verdict, rules: Rules) -> bool:
    if verdict.what != What.QUARANTINED or rules.recheck_quarantine:
        return False
    return not (rules.accept_unlisted and verdict.reason == Reason.UNLISTED)


def next_manifest_step(
    state: LedgerState, delivery: Delivery, *, now: datetime, rules: Rules
) -> Step:
    """Say what to do with the newest bytes of a manifest."""
    archived, verdict = state.manifests[delivery], state.manifest_verdicts.get(delivery)
    if verdict is None or verdict.encrypted_sha256 != archived.encrypted_sha256:
        return Step.VERIFY
    if verdict.what == What.WAITING and now - archived.at >= rules.settle:
        return Step.VERIFY
    is_rechecked = verdict.what == What.QUARANTINED and rules.recheck_quarantine
    return Step.VERIFY if is_rechecked else Step.NOTHING
