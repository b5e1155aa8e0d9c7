"""A record names its file so that the same key is read back."""

from datetime import date

import pytest

from ingest.delivery.names import (
    DailyFile,
    Delivery,
    Event,
    ManifestFile,
    baseline_file,
    parse_stem,
)
from ingest.store.keys_and_paths import delivery_in, key_at, key_in, key_of, subject
from tests.support.sender import CLIENT, DAY

DELIVERY = Delivery(CLIENT, date.fromisoformat(DAY))
STEM = f"{CLIENT}.{DAY}.users.created"


def daily_file() -> DailyFile:
    file = parse_stem(STEM)
    assert file
    return file


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (daily_file(), "created"),
        (baseline_file(DELIVERY, "users", part=1), "baseline"),
        (baseline_file(DELIVERY, "users", part=2), "baseline-0002"),
    ],
    ids=["daily", "baseline", "part"],
)
def test_the_key_of_a_file_is_read_back(file: DailyFile, kind: str) -> None:
    key = key_in(subject(file))

    assert key == key_of(file)
    assert (key.delivery, key.kind) == (DELIVERY, kind)


def test_a_manifest_is_named_by_its_day_alone() -> None:
    named = subject(ManifestFile(delivery=DELIVERY))

    assert named == {"client_guid": CLIENT, "snapshot_date": DAY}
    assert delivery_in(named) == DELIVERY


def test_only_a_further_part_is_named() -> None:
    assert "part" not in subject(daily_file())
    assert subject(baseline_file(DELIVERY, "users", part=2))["part"] == 2
    assert key_of(daily_file()).event is Event.CREATED


LANDED = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"


def test_a_path_tells_which_file_lands_there() -> None:
    for path in ("", LANDED.replace("=", ""), LANDED.replace(DAY, "2026-13-01"), f"x{LANDED}"):
        assert key_at(path) is None
    assert key_at(LANDED.replace(".parquet", ".0002.parquet")) is None
    assert key_at(LANDED) == key_at(f"./{LANDED}") is not None
