"""The Reporting API on a bad wire: what breaks off, stalls or is busy is asked for again."""

import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from ingest.errors import SourceError
from ingest.receive.download import ATTEMPTS
from ingest.receive.sources.https import client
from ingest.receive.sources.https.client import CONNECTIONS
from tests.conftest import landed_rows
from tests.receive.sources.https.conftest import GUIDS, LARGE, send_large
from tests.support import reporting_api as faulty
from tests.support.api import Api, landed_guids
from tests.support.reporting_api import FILE, LIST
from tests.support.sender import Sender, avro_bytes, users


def test_a_download_that_is_cut_off_goes_on_where_it_stopped(api: Api, sender: Sender) -> None:
    send_large(sender)
    api.faults.plan(faulty.cut(after_bytes=300_000), faulty.cut(after_bytes=200_000))

    summary = api.pull()

    ranges = [request.headers.get("range") for request in api.faults.asked(FILE)]
    starts = [int(each.removeprefix("bytes=").removesuffix("-")) for each in ranges[1:] if each]
    assert len(starts) == 2
    assert all(later > earlier > 0 for earlier, later in pairwise(starts))
    assert (summary.failures, summary.rows_landed) == ([], len(LARGE))


@pytest.mark.parametrize("bodies", ["pgp", "plain"])
@pytest.mark.parametrize(
    "second",
    [
        faulty.without_ranges(),
        faulty.content_range("bytes 5-99/100"),
        faulty.status(416),
    ],
)
def test_where_no_range_is_given_the_file_comes_from_its_start(
    api: Api, sender: Sender, second: faulty.Fault, bodies: Any
) -> None:
    send_large(sender)
    api.bodies = bodies
    api.faults.plan(faulty.cut(after_bytes=300_000), second)

    assert api.pull().rows_landed == len(LARGE)


def test_a_file_that_changed_while_it_came_is_read_from_its_start(api: Api, sender: Sender) -> None:
    send_large(sender)
    rows = [row | {"first_name": "New"} for row in LARGE]

    def restate() -> None:
        sender.send(avro_bytes(rows, codec="null"), record_count=len(rows))
        sender.send_manifest()

    api.faults.plan(faulty.cut(after_bytes=300_000))
    api.faults.plan(faulty.Fault(), faulty.doing(restate), on=LIST)

    api.pull()
    api.pull()

    assert {row["first_name"] for row in landed_rows(api.data)} == {"New"}


def test_a_file_that_changed_between_list_and_download_lands_with_the_next_list(
    api: Api, sender: Sender
) -> None:
    def restate() -> None:
        sender.send_users("USR-9")
        sender.send_manifest()

    api.faults.plan(faulty.doing(restate))

    assert (api.pull().alarms, landed_guids(api)) == (1, [])
    assert (api.pull().alarms, landed_guids(api)) == (0, ["USR-9"])


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("on", [LIST, FILE])
def test_what_passes_is_asked_for_again(api: Api, code: int, on: str) -> None:
    api.faults.plan(faulty.status(code), faulty.status(code), on=on)

    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])


def test_only_so_many_files_come_at_once(api: Api, sender: Sender) -> None:
    for number in range(3 * CONNECTIONS):
        sender.send(avro_bytes(users("x")), resource=f"kind_{number}", record_count=1)
    sender.send_manifest()
    asked: list[int] = []
    turn = threading.Lock()
    under_way = 0

    def stay() -> None:
        nonlocal under_way
        with turn:
            under_way += 1
            asked.append(under_way)
        time.sleep(0.1)
        with turn:
            under_way -= 1

    api.faults.plan_always(faulty.doing(stay))

    assert api.pull().files_landed == 3 * CONNECTIONS + 1
    assert 1 < max(asked) <= CONNECTIONS


def test_a_server_that_asks_for_time_gets_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=3), usegmt=True)
    began = datetime.now(tz=UTC)
    api.faults.plan(faulty.status(429, retry_after="1"), faulty.status(503, retry_after=soon))

    assert api.pull().failures == []
    assert (datetime.now(tz=UTC) - began).total_seconds() > 1.9


def test_a_server_that_asks_for_hours_is_left_to_the_next_run(api: Api) -> None:
    api.faults.plan_always(faulty.status(429, retry_after="7200"))

    [failure] = api.pull().failures

    assert "asks for no request for 7,200 s" in str(failure)
    assert len(api.faults.asked(FILE)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faulty.hang_up(),
        faulty.content_length(off_by=10),
        faulty.status(500),
    ],
)
def test_a_server_that_stays_broken_fails_the_run_and_loses_nothing(
    api: Api, fault: faulty.Fault
) -> None:
    api.faults.plan_always(fault)

    summary = api.pull()
    api.faults.mend()

    assert len(summary.failures) == 1
    assert landed_rows(api.data) == []
    assert len(api.faults.asked(FILE)) >= ATTEMPTS
    assert (api.pull().alarms, landed_guids(api)) == (0, [*GUIDS])


def test_a_server_that_falls_silent_is_asked_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", httpx.Timeout(2, pool=None))
    api.faults.plan(faulty.stall(after_bytes=10))

    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])
    assert [request.headers.get("range") for request in api.faults.asked(FILE)] == [
        None,
        "bytes=10-",
    ]


@pytest.mark.parametrize(
    "fault",
    [
        faulty.trickle(chunk_bytes=100, every_s=0.05),
        faulty.chunked(),
        faulty.headed(Content_Encoding="identity"),
        faulty.headed(Content_Encoding=" , Identity,"),
        faulty.headed(Content_Encoding=""),
    ],
)
def test_a_server_may_be_slow_or_frame_a_body_otherwise(api: Api, fault: faulty.Fault) -> None:
    api.faults.plan(fault)

    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])


CODINGS = [
    "gzip",
    "GZip",
    "x-gzip",
    "gzip, gzip",
    "identity, gzip",
    "gzip,",
    "deflate",
    "br",
    "zstd",
    "aws-chunked",
]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coded_file_is_refused_before_it_is_decoded(api: Api, coding: str) -> None:
    api.faults.plan_always(faulty.zipped(coding=coding))

    [failure] = api.pull().failures

    assert "without Content-Encoding, as was asked for, found" in str(failure)
    assert len(api.faults.asked(FILE)) == 1
    assert api.archived() == {}
    api.faults.mend()
    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coded_list_is_refused_before_it_is_decoded(api: Api, coding: str) -> None:
    api.faults.plan_always(faulty.zipped(coding=coding), on=LIST)

    with pytest.raises(SourceError, match="without Content-Encoding, as was asked for, found"):
        api.pull()


def test_a_file_of_few_bytes_does_not_become_many(api: Api) -> None:
    api.faults.plan_always(faulty.bomb(size_bytes=300 << 20))
    tracemalloc.start()

    [_failure] = api.pull().failures

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 50 << 20


def test_a_transfer_coding_other_than_chunked_is_refused(api: Api) -> None:
    api.faults.plan_always(faulty.headed(Transfer_Encoding="gzip, chunked"))

    [failure] = api.pull().failures

    assert "found the connection broken (RemoteProtocolError)" in str(failure)
    assert api.archived() == {}


@pytest.mark.parametrize(
    "fault",
    [
        faulty.content_length(off_by=-10),
        faulty.edited(lambda body: body[:-10]),
        faulty.edited(lambda body: body + b"more"),
        faulty.edited(lambda _: b"<html>busy</html>"),
        faulty.edited(lambda _: b""),
    ],
)
def test_a_body_that_is_not_the_file_heals_with_the_next_run(api: Api, fault: faulty.Fault) -> None:
    api.faults.plan(fault)

    assert (api.pull().alarms, landed_rows(api.data)) == (1, [])
    assert (api.pull().alarms, landed_guids(api)) == (0, [*GUIDS])
    assert list((api.data / "quarantine").rglob("*.json")) == []


def test_a_body_without_end_is_cut_off(api: Api) -> None:
    api.faults.plan_always(faulty.endless(bytes(1 << 20)))

    [failure] = api.pull().failures

    assert "found more" in str(failure)
