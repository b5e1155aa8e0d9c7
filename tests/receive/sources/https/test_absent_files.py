"""A listed file that the Reporting API does not send is gone, missing or not due yet."""

from datetime import UTC, datetime

from ingest.receive.wanted import Days
from ingest.status.files import Status
from tests.support import faulty
from tests.support.api import Api, landed_guids
from tests.support.reporting_api import FILE
from tests.support.sender import Sender


def test_a_gone_file_is_asked_for_once(api: Api) -> None:
    api.faults.plan_always(faulty.status(410))

    summaries = [api.pull() for _ in range(3)]

    assert [(len(each.failures), each.alarms) for each in summaries] == [(0, 1)] * 3
    assert len(api.faults.asked(FILE)) == 1
    assert api.statuses() == {"users.created": Status.GONE}


def test_a_gone_file_that_is_listed_again_is_asked_for_again(api: Api, sender: Sender) -> None:
    api.faults.plan(faulty.status(410))
    api.pull()
    sender.send_users("USR-9")
    sender.send_manifest()

    assert (api.pull().alarms, landed_guids(api)) == (0, ["USR-9"])


def test_a_listed_file_that_is_not_there_is_missing(api: Api) -> None:
    api.faults.plan_always(faulty.status(404))

    summary = api.pull()

    assert (summary.failures, summary.alarms) == ([], 1)
    assert api.statuses() == {"users.created": Status.MISSING}


def test_before_its_day_has_ended_a_file_is_not_due_yet(api: Api, sender: Sender) -> None:
    today = datetime.now(tz=UTC).date()
    sender.day, sender.rows = today.isoformat(), []
    sender.send_users("USR-3")
    sender.send_manifest()
    api.today = today
    api.faults.plan_always(faulty.status(404))

    summary = api.pull(days=Days(since=today))

    assert (summary.failures, summary.alarms) == ([], 0)
    assert api.statuses() == {"users.created": Status.NOT_DUE}
    assert {delivery.snapshot_date for delivery in api.state.unfinished} == {today}


def test_a_file_that_the_archive_has_lost_is_asked_for_again(api: Api) -> None:
    api.pull()
    [archived] = api.data.glob("archive/*/*/*users.created*")
    content = archived.read_bytes()
    archived.unlink()

    summaries = [api.pull() for _ in range(2)]

    assert [(each.failures, each.alarms) for each in summaries] == [([], 0)] * 2
    assert len(api.faults.asked(FILE)) == 2
    assert archived.read_bytes() == content
    assert landed_guids(api) == ["USR-1", "USR-2"]


def test_a_file_that_the_archive_has_lost_and_that_is_gone_is_asked_for_once(api: Api) -> None:
    api.pull()
    [archived] = api.data.glob("archive/*/*/*users.created*")
    archived.unlink()
    api.faults.plan_always(faulty.status(410))

    summaries = [api.pull() for _ in range(3)]

    assert [(each.failures, each.alarms) for each in summaries] == [([], 0)] * 3
    assert len(api.faults.asked(FILE)) == 2
    assert api.statuses() == {"users.created": Status.LANDED}
