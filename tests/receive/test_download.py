"""A source that breaks off is asked again, from where it stopped if its file is still the same."""

from pathlib import Path

from ingest.receive.download import ATTEMPTS, PATIENT_WITH
from ingest.receive.fetch import FILES_AT_ONCE
from tests.receive.breaking import (
    LATER,
    NAME,
    BreakingSource,
    ManyFiles,
    archived,
    break_off,
    fetch_from,
)


def test_a_source_that_stays_broken_does_not_keep_the_others_back(tmp_path: Path) -> None:
    source = BreakingSource({LATER: b"later", NAME: bytes(100)}, breaks=ATTEMPTS, breaks_after=0)

    [failure] = fetch_from(source, tmp_path)

    assert str(failure) == "broken off"
    assert archived(tmp_path, LATER) == b"later"


def test_a_source_that_is_gone_is_not_asked_for_each_file(tmp_path: Path) -> None:
    source = ManyFiles(break_off, is_listed=False)

    failures = fetch_from(source, tmp_path)

    assert len(failures) == source.count
    assert len(source.asked) <= FILES_AT_ONCE * ATTEMPTS
    assert str(failures[-1]).endswith("found the source gone; run again")


def test_a_source_that_gives_nothing_is_asked_for_each_further_file_once(tmp_path: Path) -> None:
    source = ManyFiles(break_off)

    failures = fetch_from(source, tmp_path)

    assert [str(failure) for failure in failures] == ["broken off"] * source.count
    assert set(source.asked) == set(source.names)
    patient = PATIENT_WITH + FILES_AT_ONCE
    assert len(source.asked) <= patient * ATTEMPTS + source.count
