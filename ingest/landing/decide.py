"""What to do next with each archived file, from what the ledger knows. Pure, no I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.delivery.names import Delivery, Event
from ingest.errors import Reason
from ingest.store.ledger.state import LedgerState, Place, Verdict, What


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
    """Judge again what was turned away, but for what an operator has set aside."""
    released: frozenset[Place | Delivery] = frozenset()
    """Files and manifests that are judged again whyever they are in quarantine."""


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
    No manifest lists the files of a baseline, so they wait for none. What was set aside is judged
    only when it is released, whatever manifests come. It has landed before: it need not be listed.
    """
    archived, verdict = state.archived[place], state.verdicts.get(place)
    arbiter, listing = state.arbiter_of(place), state.listing_of(place)
    if verdict and verdict.encrypted_sha256 != archived.encrypted_sha256:
        verdict = None
    if verdict and _is_final(verdict, place, arbiter=arbiter, rules=rules):
        return Step.NOTHING
    was_aside = verdict is not None and verdict.reason == Reason.SET_ASIDE
    if place.event is Event.BASELINE:
        step = Step.VERIFY
    elif listing is None and not (rules.accept_unlisted or was_aside):
        step = Step.CALL_UNLISTED if arbiter else Step.WAIT
    elif listing and archived.encrypted_bytes < (listing.encrypted_bytes or 0):
        has_settled = now - archived.at >= rules.settle
        step = Step.CALL_TRUNCATED if has_settled else Step.WAIT
    else:
        step = Step.VERIFY
    is_judged = verdict is not None and verdict.manifest_sha256 == arbiter
    return Step.NOTHING if is_judged and step == Step.WAIT else step


def _is_final(verdict: Verdict, place: Place, *, arbiter: str | None, rules: Rules) -> bool:
    if verdict.what == What.LANDED:
        return True
    if verdict.what != What.QUARANTINED or place in rules.released:
        return False
    if verdict.reason == Reason.SET_ASIDE:
        return True
    if verdict.manifest_sha256 != arbiter or rules.recheck_quarantine:
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
    is_asked_for = rules.recheck_quarantine or delivery in rules.released
    is_rechecked = verdict.what == What.QUARANTINED and is_asked_for
    return Step.VERIFY if is_rechecked else Step.NOTHING
