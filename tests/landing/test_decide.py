"""What happens next to an archived file is a function of what the ledger knows of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Delivery, Event
from ingest.errors import Reason
from ingest.landing.decide import Rules, Step, is_manifest_due, next_file_step
from ingest.store.facts import Archived, Result, What
from ingest.store.index.known import DayState, FileState
from ingest.store.keys_and_paths import FileKey
from tests.support.sender import CLIENT

NOW = datetime(2026, 1, 3, tzinfo=UTC)
RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1)
PLACE = FileKey(Delivery(CLIENT, date(2026, 1, 2)), "users", Event.CREATED)
CAME = Archived(name="f.pgp", encrypted_bytes=9, encrypted_sha256="now", at=NOW)
LISTED = Listing(
    file="f",
    resource="users",
    event="created",
    record_count=1,
    plain_bytes=1,
    encrypted_bytes=9,
    checksum=None,
    effective_date="",
)
LARGER = replace(LISTED, encrypted_bytes=10)
MANIFEST = "manifest"


def result(what: What, reason: str | None = None, *, manifest: str | None = MANIFEST) -> Result:
    return Result(what=what, encrypted_sha256="now", manifest_sha256=manifest, reason=reason)


LANDED = result(What.LANDED)
WAITS = result(What.WAITING)
DAMAGED = result(What.QUARANTINED, Reason.DAMAGED)
UNLISTED = result(What.QUARANTINED, Reason.UNLISTED)
ASIDE = result(What.QUARANTINED, Reason.SET_ASIDE)
RECHECK = replace(RULES, recheck_quarantine=True)
UNLISTED_TOO = replace(RULES, accept_unlisted=True)
RELEASED = replace(RULES, released=frozenset({PLACE}))


@pytest.mark.parametrize(
    ("listing", "known", "rules", "expected"),
    [
        (LISTED, None, RULES, Step.VERIFY),
        (LISTED, LANDED, RULES, Step.NOTHING),
        (LISTED, replace(LANDED, encrypted_sha256="before"), RULES, Step.VERIFY),
        (None, None, RULES, Step.REJECT_UNLISTED),
        (None, None, UNLISTED_TOO, Step.VERIFY),
        (None, UNLISTED, UNLISTED_TOO, Step.VERIFY),
        (LISTED, DAMAGED, UNLISTED_TOO, Step.NOTHING),
        (LARGER, None, RULES, Step.WAIT),
        (LARGER, WAITS, RULES, Step.NOTHING),
        (LISTED, DAMAGED, RULES, Step.NOTHING),
        (LISTED, replace(DAMAGED, manifest_sha256="older"), RULES, Step.VERIFY),
        (LISTED, DAMAGED, RECHECK, Step.VERIFY),
        (LISTED, DAMAGED, RELEASED, Step.VERIFY),
        (LISTED, ASIDE, RECHECK, Step.NOTHING),
        (LISTED, replace(ASIDE, manifest_sha256="older"), RULES, Step.NOTHING),
        (LISTED, ASIDE, RELEASED, Step.VERIFY),
        (None, ASIDE, RELEASED, Step.VERIFY),
    ],
)
def test_a_file_that_came_has_a_next_step(
    listing: Listing | None, known: Result | None, rules: Rules, expected: Step
) -> None:
    file = FileState(PLACE, archived=CAME, listing=listing, result=known)

    assert next_file_step(file, manifest_sha256=MANIFEST, now=NOW, rules=rules) == expected


def test_a_file_waits_for_a_manifest_and_a_baseline_for_none() -> None:
    file = FileState(PLACE, archived=CAME)
    baseline = FileState(PLACE._replace(event=Event.BASELINE), archived=CAME)

    assert next_file_step(file, manifest_sha256=None, now=NOW, rules=RULES) == Step.WAIT
    assert next_file_step(baseline, manifest_sha256=None, now=NOW, rules=RULES) == Step.VERIFY


def test_a_file_that_stays_smaller_than_listed_is_truncated() -> None:
    file = FileState(PLACE, archived=CAME, listing=LARGER, result=WAITS)
    later = NOW + RULES.settle

    step = next_file_step(file, manifest_sha256=MANIFEST, now=later, rules=RULES)

    assert step == Step.REJECT_TRUNCATED


@pytest.mark.parametrize(
    ("known", "rules", "hours", "expected"),
    [
        (None, RULES, 0, True),
        (result(What.LISTED), RULES, 0, False),
        (replace(result(What.LISTED), encrypted_sha256="before"), RULES, 0, True),
        (WAITS, RULES, 5, False),
        (WAITS, RULES, 6, True),
        (DAMAGED, RULES, 9, False),
        (DAMAGED, RECHECK, 0, True),
        (DAMAGED, replace(RULES, released=frozenset({PLACE.delivery})), 0, True),
    ],
)
def test_a_manifest_is_opened_when_it_is_new_or_asked_for(
    known: Result | None, rules: Rules, hours: int, expected: bool
) -> None:
    day = DayState(PLACE.delivery, manifest=CAME, result=known)

    assert is_manifest_due(day, now=NOW + timedelta(hours=hours), rules=rules) is expected


def test_a_manifest_that_has_not_come_is_not_opened() -> None:
    assert not is_manifest_due(DayState(PLACE.delivery), now=NOW, rules=RECHECK)


@pytest.mark.parametrize("manifest", [MANIFEST, "another", None])
@pytest.mark.parametrize("listing", [LISTED, LARGER, None])
@pytest.mark.parametrize("known", [None, LANDED, WAITS, DAMAGED, UNLISTED, ASIDE])
def test_the_index_gives_every_file_that_a_run_has_something_to_do_with(
    known: Result | None, listing: Listing | None, manifest: str | None
) -> None:
    file = FileState(PLACE, archived=CAME, listing=listing, result=known)
    steps = {
        next_file_step(file, manifest_sha256=manifest, now=now, rules=RULES)
        for now in (NOW, NOW + RULES.settle)
    }

    assert steps == {Step.NOTHING} or file.is_due(manifest, is_given_up=False)
