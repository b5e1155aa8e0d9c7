"""Of files of one stem one counts, and a landed version fits what describes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.delivery.manifest import Listing
from ingest.errors import Reason
from ingest.store.facts import Archived, Landed, Result, Twins, What, is_released

AT = datetime(2026, 1, 2, tzinfo=UTC)
FIRST = Archived(name="f.pgp", encrypted_bytes=9, encrypted_sha256="first", at=AT)
SECOND = Archived(
    name="f.gpg", encrypted_bytes=7, encrypted_sha256="second", at=AT + timedelta(hours=1)
)
LISTING = Listing(
    file="f",
    resource="users",
    event="created",
    record_count=1,
    plain_bytes=5,
    encrypted_bytes=8,
    checksum="plain",
    effective_date="",
)
LANDED = Landed(
    encrypted_bytes=9,
    encrypted_sha256="first",
    plain_sha256="plain",
    plain_bytes=5,
    record_count=1,
    listed_checksum="an API's",
)
NO_MANIFEST = None


@pytest.mark.parametrize(
    ("listing", "refused", "expected"),
    [
        (None, set(), SECOND),
        (LISTING, set(), SECOND),
        (replace(LISTING, encrypted_bytes=9), set(), FIRST),
        (replace(LISTING, encrypted_bytes=7, checksum="first"), set(), FIRST),
        (LISTING, {("second", NO_MANIFEST)}, FIRST),
        (LISTING, {("second", "another manifest")}, SECOND),
        (replace(LISTING, encrypted_bytes=7), {("second", NO_MANIFEST)}, SECOND),
    ],
)
def test_hash_counts_before_size_before_quarantine_before_age(
    listing: Listing | None, refused: set[tuple[str, str | None]], expected: Archived
) -> None:
    for now, other in ((FIRST, SECOND), (SECOND, FIRST)):
        twins = Twins(others={other.name: other}, refused=refused)

        assert twins.choose(now, listing=listing, manifest_sha256=NO_MANIFEST) == expected
        assert {*twins.others.values()} == {FIRST, SECOND} - {expected}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"checksum": "first"}, True),
        ({"checksum": "an API's"}, True),
        ({"checksum": "other"}, False),
        ({"checksum": None, "plain_bytes": None, "record_count": None}, True),
        ({"plain_bytes": 9}, False),
        ({"plain_bytes": 9, "encrypted_bytes": None}, True),
        ({"record_count": 2}, False),
    ],
)
def test_a_landed_version_fits_only_what_describes_it(
    facts: dict[str, str | int | None], expected: bool
) -> None:
    """An API does not say which size it lists."""
    assert LANDED.fits(replace(LISTING, **facts)) is expected  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"what": What.LANDED, "reason": None}, True),
        ({"encrypted_sha256": "other"}, False),
        ({}, False),
    ],
)
def test_only_the_same_bytes_with_another_result_are_released(
    after: dict[str, str | None], expected: bool
) -> None:
    aside = Result(
        what=What.QUARANTINED,
        encrypted_sha256="first",
        manifest_sha256=None,
        reason=Reason.SET_ASIDE,
    )

    assert is_released(aside, replace(aside, **after)) is expected  # type: ignore[arg-type]  # by name
    assert not is_released(None, aside)
