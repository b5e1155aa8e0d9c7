"""A manifest is opened, waits for its end, or goes to quarantine."""

from pathlib import Path

import pytest

from tests.conftest import Ingest, quarantine_reasons
from tests.support.sender import Sender


def test_a_manifest_that_does_not_open_waits_and_then_is_truncated(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    path = sender.send_manifest()
    path.write_bytes(path.read_bytes()[:-9])

    assert ingest().statuses == {"waiting": 1}
    assert ingest(settle_hours=0).alarms == 2
    assert quarantine_reasons(data) == {path.name: "truncated"}


def test_files_are_compared_with_the_newest_manifest_that_opens(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    sender.send_manifest_text(b"not,a,manifest\n")
    sender.send_users("b", event="deleted")

    summary = ingest()

    assert summary.statuses == {"landed": 1, "unlisted": 1}
    assert list(quarantine_reasons(data).values()) == ["manifest", "unlisted"]


def test_a_manifest_that_explodes_is_turned_away(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_manifest_text(b"x" * (40 << 20))

    ingest()

    assert set(quarantine_reasons(data).values()) == {"too_large"}


@pytest.mark.parametrize(
    "text",
    [
        b"ResourceType,EventType\x00,RecordCount",
        b"\x00" * 1_000,
        b'"' + b"x" * 1_000_000,
        b"FileName,FileName\n",
        b",".join([b"x"] * 100_000),
    ],
    ids=["NUL", "NULs", "huge field", "double column", "wide"],
)
def test_a_hostile_manifest_is_turned_away(
    sender: Sender, ingest: Ingest, data: Path, text: bytes
) -> None:
    sender.send_manifest_text(text)

    ingest()

    assert set(quarantine_reasons(data).values()) == {"manifest"}
