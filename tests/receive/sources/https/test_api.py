"""New files of the Reporting API are asked for once, and land as over SFTP."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.receive.wanted import Days
from ingest.status.files import Status
from tests.conftest import Ingest, landed_rows
from tests.receive.sources.https.conftest import GUIDS
from tests.support import faulty
from tests.support.api import NAME, Api, landed_guids
from tests.support.reporting_api import FILE, LIST
from tests.support.sender import CLIENT, DAY, Sender


@pytest.mark.parametrize("bodies", ["pgp", "armour", "plain"])
def test_bodies_of_every_kind_land(api: Api, sender: Sender, bodies: Any) -> None:
    api.bodies = bodies
    sender.send_users("USR-3", event="updated")
    sender.send_manifest()

    summary = api.pull()

    assert (summary.failures, summary.alarms, summary.files_landed) == ([], 0, 2)
    assert sorted(landed_guids(api)) == [*GUIDS, "USR-3"]


@pytest.mark.parametrize("bodies", ["pgp", "armour", "plain"])
def test_the_archive_holds_ciphertext_only(api: Api, bodies: Any) -> None:
    api.bodies = bodies
    api.pull()

    [(name, content)] = api.archived().items()
    assert name == f"{NAME}.avro.pgp"
    assert content[0] & 0x80 or content.startswith(b"-----BEGIN PGP MESSAGE-----")
    every_file = [path for path in api.data.rglob("*") if path.is_file()]
    assert [path for path in every_file if b"Obj\x01" in path.read_bytes()] == []


@pytest.mark.parametrize("bodies", ["pgp", "plain"])
def test_what_is_there_is_not_asked_for_again(api: Api, bodies: Any) -> None:
    api.bodies = bodies
    api.pull()
    ledger = [path.read_bytes() for path in (api.data / "ledger").glob("*.jsonl")]

    summary = api.pull()

    assert len(api.faults.asked(FILE)) == 1
    assert (summary.files_landed, summary.alarms) == (0, 0)
    [again] = [path.read_bytes() for path in (api.data / "ledger").glob("*.jsonl")]
    assert again.removeprefix(ledger[0]).count(b"\n") == 1, "the run itself"


def test_a_file_that_came_over_sftp_is_the_same_file(api: Api, ingest: Ingest) -> None:
    ingest()
    before = api.archived()

    summary = api.pull()

    assert (api.faults.asked(FILE), summary.files_landed, summary.alarms) == ([], 0, 0)
    assert api.archived() == before
    assert ingest().files_landed == 0


def test_a_day_that_sftp_had_begun_is_ended_by_the_api(
    api: Api, sender: Sender, ingest: Ingest
) -> None:
    lacking = sender.send_users("USR-3", event="updated")
    sender.send_manifest()
    content = lacking.read_bytes()
    lacking.unlink()
    assert ingest().alarms == 1
    lacking.write_bytes(content)
    api.bodies = "plain"

    summary = api.pull()

    assert [request.path.rpartition("/")[2] for request in api.faults.asked(FILE)] == ["updated"]
    assert (summary.files_landed, summary.alarms) == (1, 0)
    assert sorted(landed_guids(api)) == [*GUIDS, "USR-3"]


def test_where_checksums_are_of_another_kind_both_sources_settle(api: Api, ingest: Ingest) -> None:
    api.bodies = "plain"
    api.faults.plan_always(
        faulty.edited_list(lambda rows: [row | {"checksum": "crc32:1"} for row in rows]), on=LIST
    )
    ingest()
    before = landed_rows(api.data)

    landed = [run().files_landed for run in (api.pull, ingest, api.pull, ingest)]

    assert landed == [1, 0, 0, 0]
    assert landed_rows(api.data) == before
    assert api.statuses() == {"users.created": Status.LANDED}


def test_a_restated_file_replaces_the_earlier_one(api: Api, sender: Sender) -> None:
    api.pull()
    sender.send_users("USR-9")
    sender.send_manifest()

    assert api.pull().files_landed == 1
    assert landed_guids(api) == ["USR-9"]
    assert len(api.archived()) == 2


def test_only_the_days_of_a_range_are_asked_for(api: Api, sender: Sender) -> None:
    for day in ("2026-01-05", "2026-01-03", "2026-01-04"):
        sender.day, sender.rows = day, []
        sender.send_users(f"USR-{day}")
        sender.send_manifest()
    api.today = date(2026, 1, 6)

    api.pull(days=Days(since=date(2026, 1, 3), until=date(2026, 1, 4)))
    ranged = [request.path.split("/")[3] for request in api.faults.asked(FILE)]
    api.pull()
    rest = [request.path.split("/")[3] for request in api.faults.asked(FILE)][len(ranged) :]

    assert sorted(ranged) == ["2026-01-03", "2026-01-04"]
    assert sorted(rest) == [DAY, "2026-01-05"]
    archived = [path.parent.name for path in (api.data / "archive").rglob("*.pgp")]
    assert len(archived) == 4


def test_requests_are_those_that_mx_documents(api: Api) -> None:
    api.pull()

    listing, file = api.faults.requests
    assert listing.path == f"/download/{CLIENT}"
    assert listing.headers["accept"] == "application/vnd.mx.logs.v1+json"
    assert file.path == f"/download/{CLIENT}/{DAY}/users/created"
    assert file.headers["accept"] == "application/vnd.mx.logs.v1+avro"


def test_a_file_over_the_api_is_landed_as_over_sftp(
    api: Api, ingest: Ingest, tmp_path: Path
) -> None:
    ingest()
    by_sftp = {path.name: path.read_bytes() for path in (api.data / "landing").rglob("*.parquet")}
    api.data = tmp_path / "other"
    api.bodies = "plain"
    api.pull()
    by_api = {path.name: path.read_bytes() for path in (api.data / "landing").rglob("*.parquet")}

    assert by_api == by_sftp
    assert len(hashlib.sha256(b"".join(by_api.values())).hexdigest()) == 64
