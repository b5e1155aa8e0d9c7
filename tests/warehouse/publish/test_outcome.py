"""A publish says which release readers see, and what is not in it."""

import json
from pathlib import Path

import pytest

from ingest.errors import PublishError
from ingest.warehouse.publish.outcome import NO_KEY, Outcome, Published, published_now
from ingest.warehouse.publish.releases_on_disk import FACTS, Releases


def published(outcome: Outcome, *, is_masked: bool = True, left_out: list[str]) -> Published:
    return Published(
        outcome=outcome,
        release=2,
        previous=3,
        is_masked=is_masked,
        tables=9,
        macros_left_out=left_out,
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_names_the_release(outcome: Outcome) -> None:
    [line] = published(outcome, left_out=[]).text().splitlines()

    assert "2" in line


def test_what_is_left_out_is_said_on_lines_of_their_own() -> None:
    text = published(Outcome.PUBLISHED, is_masked=False, left_out=["marts.a", "marts.b"]).text()

    assert text.splitlines()[1:] == [NO_KEY, "not in the masked release: marts.a, marts.b"]


def test_a_release_without_its_facts_is_refused(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    releases.folder(1).mkdir(parents=True)
    (releases.folder(1) / FACTS).write_text(json.dumps({"tables": 1}))

    with pytest.raises(PublishError, match="found nothing of is_masked; make a new release"):
        published_now(releases, Outcome.UNCHANGED, 1)
