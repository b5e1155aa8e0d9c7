"""One run: what is whole is landed, what is not stays out and says why."""

import json
import os
import stat
from pathlib import Path

from ingest.status.runs import Summary
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.sender import CLIENT, DAY, Sender

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]


def test_a_listed_file_lands_with_its_lineage(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a", "b")
    sender.send_manifest()

    summary = ingest()

    first, second = landed_rows(data)
    assert (first["guid"], first["first_name"]) == ("a", "A")
    assert (first["_resource"], first["_event"]) == ("users", "created")
    assert (str(first["_snapshot_date"]), first["_client_guid"]) == (DAY, CLIENT)
    assert (first["_row_number"], second["_row_number"]) == (0, 1)
    assert first["_source_file"] == f"{CLIENT}.{DAY}.users.created"
    assert first["_source_sha256"] == sender.rows[0]["Checksum"]
    assert (summary.files_landed, summary.rows_landed, summary.alarms) == (1, 2, 0)


def test_a_header_only_file_lands_as_a_typed_empty_one(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users(event="deleted")
    sender.send_manifest()

    ingest()

    assert len(list((data / "landing").rglob("*.parquet"))) == 1
    assert landed_rows(data) == []


def test_a_second_run_does_nothing(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    [path] = (data / "landing").rglob("*.parquet")
    landed_at = path.stat().st_mtime_ns

    summary = ingest()

    assert (summary.files_landed, path.stat().st_mtime_ns) == (0, landed_at)


def test_a_file_waits_for_its_manifest(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    early = ingest()
    sender.send_manifest()
    late = ingest()

    assert (early.files_landed, early.statuses) == (0, {"waiting": 1})
    assert (late.files_landed, guids(data)) == (1, ["a"])


def test_waiting_for_a_manifest_becomes_an_alarm(sender: Sender, ingest: Ingest) -> None:
    sender.send_users("a")

    assert ingest(settle_hours=6).alarms == 0
    assert ingest(settle_hours=0).alarms == 1


def test_a_file_that_no_manifest_lists_stays_out(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_manifest()
    sender.send_users("a")

    assert ingest().statuses == {"unlisted": 1}
    assert guids(data) == []
    assert ingest(accept_unlisted=True).statuses == {"landed": 1}
    assert guids(data) == ["a"]


def test_a_listed_file_that_is_absent_is_missing(sender: Sender, ingest: Ingest) -> None:
    sender.send_users("a").unlink()
    sender.send_manifest()

    summary = ingest()

    assert (summary.statuses, summary.alarms) == ({"missing": 1}, 1)


def test_a_file_smaller_than_listed_may_still_be_growing(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    whole = sender.send_users("a").read_bytes()
    sender.send_manifest()
    (sender.folder / NAME).write_bytes(whole[:100])
    growing = ingest()
    (sender.folder / NAME).write_bytes(whole)
    grown = ingest()

    assert growing.statuses == {"waiting": 1}
    assert (grown.statuses, guids(data)) == ({"landed": 1}, ["a"])


def test_a_good_redelivery_heals_by_itself(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    ingest()
    sender.send_users("a")
    sender.send_manifest()

    summary = ingest()

    assert quarantine_reasons(data) == {}
    assert (summary.statuses, guids(data)) == ({"landed": 1}, ["a"])


def test_other_bytes_under_the_same_name_replace_the_landed_file(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    sender.send_users("b")
    sender.send_manifest()
    ingest()

    assert guids(data) == ["b"]
    versions = sorted(path.name for path in (data / "archive").rglob("*users*"))
    assert (len(versions), versions[0]) == (2, NAME)


def test_a_bad_restatement_leaves_what_has_landed(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    sender.send_users("b", Checksum="0" * 64)
    sender.send_manifest()

    summary = ingest()

    assert (guids(data), summary.statuses) == (["a"], {"quarantined": 1})


def test_a_restatement_that_has_not_come_yet_is_told(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    old = sender.send_users("a").read_bytes()
    sender.send_manifest()
    ingest()
    sender.send_users("b")
    sender.send_manifest()
    (sender.folder / NAME).write_bytes(old)

    summary = ingest()

    assert (guids(data), summary.statuses) == (["a"], {"restated, waiting": 1})


def test_a_name_that_breaks_the_grammar_is_kept_apart_and_others_are_left_alone(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    (sender.folder / "CLT-x.pgp").write_bytes(b"?")
    (sender.folder / os.fsdecode(b"CLT-\xff\n")).write_bytes(b"?")
    (sender.folder / "README").write_bytes(b"?")
    (sender.folder / "folder").mkdir()
    (sender.folder / NAME).symlink_to("/etc/hostname")

    ingest()

    assert list(quarantine_reasons(data).values()) == ["name", "name"]
    assert not (data / "archive").exists()


def test_two_clients_do_not_meet(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    other = Sender(
        folder=sender.folder,
        keyring=sender.keyring,
        recipient=sender.recipient,
        client=CLIENT.replace("1", "2"),
    )
    other.send_users("a")
    other.send_manifest()

    ingest()

    assert {row["_client_guid"] for row in landed_rows(data)} == {CLIENT, other.client}


def test_nothing_is_readable_by_others_and_nothing_is_left_behind(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_users("b", event="updated")
    sender.send_manifest()

    ingest()

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in data.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert not (data / ".tmp").exists()


def test_the_summary_is_the_same_for_a_program(sender: Sender, ingest: Ingest) -> None:
    sender.send_users("a")
    sender.send_manifest()

    summary: Summary = ingest()

    assert json.loads(json.dumps(summary.facts()))["standings"] == {"landed": 1}
    assert "landed 1 files, 1 rows" in summary.text()
