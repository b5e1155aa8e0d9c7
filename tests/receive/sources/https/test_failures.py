"""A failed request is sent again, or says what to do."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ingest.errors import SourceError
from ingest.receive.download import ATTEMPTS
from ingest.receive.sources.https import client
from tests.conftest import landed_rows
from tests.receive.sources.https.conftest import GUIDS
from tests.support import faulty
from tests.support.api import Api, landed_guids
from tests.support.reporting_api import FILE, LIST, Fault


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("on", [LIST, FILE])
def test_what_passes_is_asked_for_again(api: Api, code: int, on: str) -> None:
    api.faults.plan(faulty.status(code), faulty.status(code), on=on)

    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])


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
def test_a_server_that_stays_broken_fails_the_run_and_loses_nothing(api: Api, fault: Fault) -> None:
    api.faults.plan_always(fault)

    summary = api.pull()
    api.faults.repair()

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
    api.faults.repair()
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
