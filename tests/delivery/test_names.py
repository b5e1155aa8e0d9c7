"""Only names of MX's grammar are parsed."""

from datetime import date

import pytest

from ingest.delivery.names import (
    DAILY_EVENTS,
    DailyFile,
    Delivery,
    Event,
    ManifestFile,
    baseline_file,
    is_ours,
    is_plausible,
    parse_kept_name,
    parse_kept_stem,
    parse_name,
    parse_stem,
)
from tests.support.sender import CLIENT

DELIVERY = Delivery(client_guid=CLIENT, snapshot_date=date(2026, 1, 2))


@pytest.mark.parametrize("extension", [".avro.pgp", ".pgp", ".avro.gpg", ".gpg"])
def test_every_known_extension_is_a_daily_file(extension: str) -> None:
    stem = f"{CLIENT}.2026-01-02.users.created"

    assert parse_name(stem + extension) == DailyFile(
        delivery=DELIVERY, resource="users", event=Event.CREATED, stem=stem
    )


def test_upper_case_types_are_lowered_and_the_stem_stays_as_delivered() -> None:
    parsed = parse_name(f"{CLIENT}.2026-01-02.BEAT.DELETED.pgp")

    assert isinstance(parsed, DailyFile)
    assert (parsed.resource, parsed.event) == ("beat", "deleted")
    assert parsed.stem == f"{CLIENT}.2026-01-02.BEAT.DELETED"


def test_a_manifest_has_a_dash_before_its_name() -> None:
    assert parse_name(f"{CLIENT}.2026-01-02-manifest.csv.pgp") == ManifestFile(delivery=DELIVERY)


@pytest.mark.parametrize(
    "name",
    [
        f"{CLIENT}.2026-02-30.users.created.avro.pgp",
        f"{CLIENT}.2026-02-30-manifest.csv.pgp",
        f"{CLIENT}.2026-01-02.users.renamed.avro.pgp",
        f"{CLIENT}.2026-01-02.users.created.avro",
        f"{CLIENT}.2026-01-02.users.created.avro.pgp.filepart",
        f"{CLIENT}.2026-01-02.users/../x.created.avro.pgp",
        f"{CLIENT}.2026-01-02.us\ners.created.avro.pgp",
        f"{CLIENT}.2026-01-02.users.created.avro.pgp\n",
        f"{CLIENT}.2026-01-02.{'u' * 64}.created.avro.pgp",
        f"{CLIENT}.2026-01-02.1users.created.avro.pgp",
        f"{CLIENT}.٢٠٢٦-01-02.users.created.avro.pgp",
        "CLT-1.2026-01-02.users.created.avro.pgp",
        f"{CLIENT}.2026-01-02.users.baseline.avro.pgp",
    ],
)
def test_a_name_that_breaks_the_grammar_is_nothing(name: str) -> None:
    assert parse_name(name) is None
    assert is_ours(name)


def test_a_name_without_the_prefix_is_not_ours() -> None:
    assert not is_ours("README")


def test_events_are_in_the_order_in_which_they_apply() -> None:
    assert list(Event) == ["baseline", "created", "updated", "deleted"]
    assert list(DAILY_EVENTS) == ["created", "updated", "deleted"]


@pytest.mark.parametrize(("kind", "part"), [("baseline", 1), ("baseline-0002", 2)])
def test_a_file_of_a_baseline_is_known_only_in_the_archive(kind: str, part: int) -> None:
    stem = f"{CLIENT}.2026-01-02.users.{kind}"
    file = baseline_file(DELIVERY, "users", part=part)

    assert file.stem == stem
    assert parse_kept_name(f"{stem}.avro.pgp") == file
    assert parse_kept_stem(stem) == file
    assert parse_name(f"{stem}.avro.pgp") is None
    assert parse_stem(stem) is None


@pytest.mark.parametrize(
    "stem",
    [
        f"{CLIENT}.2026-01-02.users.baseline-0001",
        f"{CLIENT}.2026-01-02.users.baseline-0000",
        f"{CLIENT}.2026-01-02.users.baseline-2",
        f"{CLIENT}.2026-01-02.USERS.baseline",
        f"{CLIENT}.2026-02-30.users.baseline",
        f"{CLIENT}.2026-01-02.users.created-0002",
    ],
)
def test_a_file_of_a_baseline_has_one_name(stem: str) -> None:
    assert parse_kept_name(f"{stem}.avro.pgp") is None


def test_what_is_delivered_is_known_in_the_archive_by_the_same_name() -> None:
    name = f"{CLIENT}.2026-01-02.Users.created.gpg"

    assert parse_kept_name(name) == parse_name(name)


TODAY = date(2026, 1, 2)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1970, 1, 1), False),
        (date(1999, 12, 31), False),
        (date(2000, 1, 1), True),
        (TODAY, True),
        (date(2026, 1, 4), True),
        (date(2026, 1, 5), False),
        (date(9999, 12, 31), False),
    ],
    ids=str,
)
def test_a_day_is_plausible_within_its_bounds(day: date, expected: bool) -> None:
    assert is_plausible(day, on=TODAY) is expected
