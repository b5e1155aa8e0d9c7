"""Only files that are new, have changed, may improve or were lost are fetched."""

from datetime import date
from pathlib import Path

import pytest

from ingest.receive.sources import SourceFile
from ingest.receive.wanted import ALL_DAYS, Days, Offer, choose_wanted
from ingest.store.index.catch_up import open_state
from tests.receive.breaking import LATER, NAME, BreakingSource, archived, fetch_from
from tests.support.sender import CLIENT, DAY


def offer(name: str, *, modified_at: float = 1) -> Offer:
    return Offer.of(SourceFile(name=name, size_bytes=1, modified_at=modified_at))


def wanted(data: Path, *offers: Offer) -> list[str]:
    with open_state(data / "ledger") as state:
        return [each.listed.name for each in choose_wanted(offers, state=state, data=data)]


def test_a_file_is_not_read_again_until_size_or_time_differ(tmp_path: Path) -> None:
    source = BreakingSource({NAME: b"a"})
    fetch_from(source, tmp_path)
    fetch_from(source, tmp_path)
    source.change(b"b")
    fetch_from(source, tmp_path)

    assert source.offsets == [0, 0]
    assert archived(tmp_path) == b"b"


def test_new_files_are_wanted_the_oldest_day_first_and_names_of_no_day_before_them(
    tmp_path: Path,
) -> None:
    names = [LATER, NAME, "CLT-x", "README"]

    assert wanted(tmp_path, *map(offer, names)) == ["CLT-x", NAME, LATER]


def test_a_file_that_the_archive_has_lost_is_wanted_again(tmp_path: Path) -> None:
    fetch_from(BreakingSource({NAME: b"a"}), tmp_path)
    assert wanted(tmp_path, offer(NAME)) == []

    (tmp_path / "archive" / CLIENT / DAY / NAME).unlink()

    assert wanted(tmp_path, offer(NAME)) == [NAME]


def test_a_known_file_with_another_time_is_wanted(tmp_path: Path) -> None:
    fetch_from(BreakingSource({NAME: b"a"}), tmp_path)

    assert wanted(tmp_path, offer(NAME, modified_at=2)) == [NAME]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (ALL_DAYS, [NAME, LATER, "CLT-x"]),
        (Days(since=date(2026, 1, 3)), [LATER, "CLT-x"]),
        (Days(until=date(2026, 1, 2)), [NAME, "CLT-x"]),
    ],
    ids=["all", "since", "until"],
)
def test_a_name_without_a_day_is_of_any_days(days: Days, expected: list[str]) -> None:
    assert [name for name in (NAME, LATER, "CLT-x") if days.have(offer(name))] == expected
