"""Each combination of bytes, manifest and last result has one next step."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery, Event
from ingest.errors import Reason
from ingest.landing.decide import Rules, Step, is_manifest_due, next_file_step
from ingest.store.index.known import DayState, FileState
from ingest.store.record.facts import Archived, Result, What
from ingest.store.record.keys import FileKey

NOW = datetime(2026, 1, 3, 12, tzinfo=UTC)
DELIVERY = Delivery("CLT-11111111-1111-4111-8111-111111111111", NOW.date())
KEY = FileKey(DELIVERY, "users", Event.CREATED)
RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
ARCHIVED = Archived(name="n", encrypted_bytes=100, encrypted_sha256="a", at=NOW)
LISTING = Listing(
    file="n",
    resource="users",
    event="created",
    record_count=1,
    plain_bytes=10,
    encrypted_bytes=100,
    checksum=None,
    effective_date="",
)
SMALL = replace(ARCHIVED, encrypted_bytes=50)
OLD_AND_SMALL = replace(SMALL, at=NOW - timedelta(hours=7))
UNLISTED = replace(RULES, accept_unlisted=True)
AGAIN = replace(RULES, recheck_quarantine=True)
RELEASED = replace(RULES, released=frozenset([KEY]))


def result(what: What, reason: str | None = None, *, manifest: str | None = "m") -> Result:
    return Result(what=what, encrypted_sha256="a", manifest_sha256=manifest, reason=reason)


LANDED = result(What.LANDED)
DAMAGED = result(What.QUARANTINED, Reason.DAMAGED)
NOT_LISTED = result(What.QUARANTINED, Reason.UNLISTED)
ASIDE = result(What.QUARANTINED, Reason.SET_ASIDE)
WAITING = result(What.WAITING, "no manifest", manifest=None)


@pytest.mark.parametrize(
    ("archived", "listing", "before", "rules", "step"),
    [
        (ARCHIVED, LISTING, None, RULES, Step.VERIFY),
        (ARCHIVED, LISTING, LANDED, RULES, Step.NOTHING),
        (ARCHIVED, LISTING, DAMAGED, RULES, Step.NOTHING),
        (ARCHIVED, LISTING, replace(DAMAGED, manifest_sha256="old"), RULES, Step.VERIFY),
        (ARCHIVED, LISTING, replace(DAMAGED, encrypted_sha256="old"), RULES, Step.VERIFY),
        (ARCHIVED, LISTING, DAMAGED, AGAIN, Step.VERIFY),
        (ARCHIVED, LISTING, ASIDE, AGAIN, Step.NOTHING),
        (ARCHIVED, LISTING, replace(ASIDE, manifest_sha256="old"), RULES, Step.NOTHING),
        (ARCHIVED, None, ASIDE, RELEASED, Step.VERIFY),
        (ARCHIVED, None, None, RULES, Step.REJECT_UNLISTED),
        (ARCHIVED, None, NOT_LISTED, UNLISTED, Step.VERIFY),
        (SMALL, LISTING, None, RULES, Step.WAIT),
        (SMALL, LISTING, result(What.WAITING), RULES, Step.NOTHING),
        (OLD_AND_SMALL, LISTING, result(What.WAITING), RULES, Step.REJECT_TRUNCATED),
    ],
)
def test_a_listed_day_decides_by_its_manifest(
    archived: Archived,
    listing: Listing | None,
    before: Result | None,
    rules: Rules,
    step: Step,
) -> None:
    file = FileState(KEY, archived=archived, listing=listing, result=before)

    assert next_file_step(file, manifest_sha256="m", now=NOW, rules=rules) == step


@pytest.mark.parametrize(
    ("before", "rules", "step"),
    [
        (None, RULES, Step.WAIT),
        (WAITING, RULES, Step.NOTHING),
        (WAITING, UNLISTED, Step.VERIFY),
    ],
)
def test_without_a_manifest_a_file_waits_unless_it_is_accepted(
    before: Result | None, rules: Rules, step: Step
) -> None:
    file = FileState(KEY, archived=ARCHIVED, result=before)

    assert next_file_step(file, manifest_sha256=None, now=NOW, rules=rules) == step


def test_a_baseline_waits_for_no_manifest() -> None:
    file = FileState(KEY._replace(event=Event.BASELINE), archived=ARCHIVED)

    assert next_file_step(file, manifest_sha256=None, now=NOW, rules=RULES) == Step.VERIFY


@pytest.mark.parametrize(
    ("before", "rules", "is_due"),
    [
        (None, RULES, True),
        (replace(DAMAGED, encrypted_sha256="old"), RULES, True),
        (result(What.LISTED), RULES, False),
        (result(What.WAITING), RULES, False),
        (DAMAGED, RULES, False),
        (DAMAGED, AGAIN, True),
        (DAMAGED, replace(RULES, released=frozenset([DELIVERY])), True),
    ],
)
def test_a_manifest_is_opened_once_or_when_it_is_asked_for(
    before: Result | None, rules: Rules, is_due: bool
) -> None:
    day = DayState(DELIVERY, manifest=ARCHIVED, result=before)

    assert is_manifest_due(day, now=NOW, rules=rules) == is_due


def test_an_unreadable_manifest_is_opened_again_once_it_has_settled() -> None:
    day = DayState(DELIVERY, manifest=OLD_AND_SMALL, result=result(What.WAITING))

    assert is_manifest_due(day, now=NOW, rules=RULES)
    assert not is_manifest_due(DayState(DELIVERY), now=NOW, rules=RULES)
