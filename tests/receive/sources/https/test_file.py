"""The body of a file goes on where it stopped, or is read again."""

from itertools import pairwise
from typing import Any

import pytest

from tests.conftest import landed_rows
from tests.receive.sources.https.conftest import GUIDS, LARGE, send_large
from tests.support import faulty
from tests.support.api import Api, landed_guids
from tests.support.reporting_api import FILE, LIST, Fault
from tests.support.sender import Sender, avro_bytes


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
    api: Api, sender: Sender, second: Fault, bodies: Any
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
    api.faults.plan(Fault(), faulty.doing(restate), on=LIST)

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
def test_a_server_may_be_slow_or_frame_a_body_otherwise(api: Api, fault: Fault) -> None:
    api.faults.plan(fault)

    assert (api.pull().failures, landed_guids(api)) == ([], [*GUIDS])


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
def test_a_body_that_is_not_the_file_heals_with_the_next_run(api: Api, fault: Fault) -> None:
    api.faults.plan(fault)

    assert (api.pull().alarms, landed_rows(api.data)) == (1, [])
    assert (api.pull().alarms, landed_guids(api)) == (0, [*GUIDS])
    assert list((api.data / "quarantine").rglob("*.json")) == []


def test_a_body_without_end_is_cut_off(api: Api) -> None:
    api.faults.plan_always(faulty.endless(bytes(1 << 20)))

    [failure] = api.pull().failures

    assert "found more" in str(failure)
