"""What calls for someone is counted once, for a program and in one line."""

import json
from datetime import date
from pathlib import Path

from ingest.status.overview import Overview, last_line, overview
from ingest.store.index.catch_up import open_state
from tests.conftest import Ingest
from tests.support.ledger import overview_of
from tests.support.sender import CLIENT, DAY, Sender
from tests.support.status import NEXT_MORNING, RULES


def overview_now(data: Path) -> Overview:
    return overview_of(data / "ledger", now=NEXT_MORNING, settle=RULES.settle)


def test_a_complete_day_needs_nobody(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    seen = overview_now(data)

    assert (seen.alarms, last_line(seen)) == (0, "everything due so far has arrived complete")


def test_days_and_names_that_need_someone_are_counted(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    (sender.folder / "CLT-x").write_bytes(b"?")
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    ingest()

    seen = overview_now(data)

    assert (seen.open_days, seen.bad_names, seen.alarms) == (1, ["CLT-x"], 2)
    assert last_line(seen) == "incomplete: 1 days, 1 names; see: ingest report"


def test_a_program_gets_landed_files_only_if_it_asks(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="deleted", Checksum="0" * 64)
    sender.send_manifest()
    ingest()

    with open_state(data / "ledger") as state:
        seen = overview(
            state, now=NEXT_MORNING, settle=RULES.settle, client=CLIENT, day=date.fromisoformat(DAY)
        )
    [of_day], [all_of_day] = (
        json.loads(json.dumps(seen.facts(with_landed=asked)))["days"] for asked in (False, True)
    )

    assert [(file["event"], file["reason"]) for file in of_day["files"]] == [
        ("deleted", "checksum")
    ]
    assert [file["event"] for file in all_of_day["files"]] == ["created", "deleted"]
    assert of_day["counts"] == all_of_day["counts"] == {"landed": 1, "quarantined": 1}
