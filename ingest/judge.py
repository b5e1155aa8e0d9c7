"""What to do next with each archived file, from what the ledger knows. Pure, no I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.delivery import Delivery
from ingest.ledger_state import LedgerState, Place, What


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator may decide."""

    settle: timedelta
    """How long a file may stay smaller than listed, or a manifest unreadable."""
    max_plain_bytes: int
    """Where a file stops being decrypted, unless its manifest says less."""
    accept_unlisted: bool = False


class Step(StrEnum):
    """What happens next to one archived file."""

    NOTHING = "nothing"
    VERIFY = "verify"
    WAIT = "wait"
    LEAVE_OUT = "leave out"
    CALL_TRUNCATED = "call truncated"


def next_file_step(state: LedgerState, place: Place, *, now: datetime, rules: Rules) -> Step:
    """Say what to do with the newest bytes of a daily file.

    What has been judged by the same manifest is not judged again, but that waiting ends one day.
    """
    archived, verdict = state.archived[place], state.verdicts.get(place)
    arbiter = state.arbiters.get(place[0])
    is_same = verdict is not None and verdict.encrypted_sha256 == archived.encrypted_sha256
    if verdict and is_same and verdict.what == What.LANDED:
        return Step.NOTHING
    is_judged = is_same and verdict is not None and verdict.manifest_sha256 == arbiter
    if verdict and is_judged and verdict.what == What.QUARANTINED:
        return Step.NOTHING
    listing = state.listings.get(place[0], {}).get(place)
    if listing is None and not rules.accept_unlisted:
        step = Step.LEAVE_OUT if arbiter else Step.WAIT
    elif listing and archived.encrypted_bytes < listing.encrypted_bytes:
        has_settled = now - archived.at >= rules.settle
        step = Step.CALL_TRUNCATED if has_settled else Step.WAIT
    else:
        step = Step.VERIFY
    return Step.NOTHING if is_judged and step in (Step.WAIT, Step.LEAVE_OUT) else step


def next_manifest_step(
    state: LedgerState, delivery: Delivery, *, now: datetime, rules: Rules
) -> Step:
    """Say what to do with the newest bytes of a manifest."""
    archived, verdict = state.manifests[delivery], state.manifest_verdicts.get(delivery)
    if verdict is None or verdict.encrypted_sha256 != archived.encrypted_sha256:
        return Step.VERIFY
    if verdict.what == What.WAITING and now - archived.at >= rules.settle:
        return Step.CALL_TRUNCATED
    return Step.NOTHING
