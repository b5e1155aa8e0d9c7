"""Files are compared with the facts in the list of the Reporting API, if it has them."""

from typing import Any

import pytest

from ingest.errors import SourceError
from ingest.status.files import Status
from tests.conftest import landed_rows
from tests.receive.sources.https.conftest import GUIDS
from tests.support import faulty
from tests.support.api import API_KEY, Api, landed_guids
from tests.support.reporting_api import FILE, LIST, Fault
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users


def test_a_file_that_is_not_what_the_list_says_goes_to_quarantine(api: Api) -> None:
    api.faults.plan(
        faulty.edited_list(lambda rows: [row | {"number_of_records": 3} for row in rows]), on=LIST
    )

    assert api.pull().alarms == 1
    assert (api.statuses(), landed_rows(api.data)) == (
        {"users.created": Status.QUARANTINED},
        [],
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"checksum": None, "file_size": None, "number_of_records": None},
        {"checksum": "crc32:9ae0daaf"},
        {"checksum": "d41d8cd98f00b204e9800998ecf8427e"},
        {"resource_type": None, "event_type": None, "guid": None},
        {"file_size": "encrypted"},
        {"checksum": "upper"},
    ],
)
def test_what_a_list_does_not_say_or_says_otherwise_proves_nothing(
    api: Api, sender: Sender, facts: dict[str, Any]
) -> None:
    [path] = sender.folder.glob("*created.avro.pgp")

    def edit(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [row] = rows
        odd = {"file_size": path.stat().st_size, "checksum": row["checksum"].upper()}
        others = {
            name: odd[name] if value in ("encrypted", "upper") else value
            for name, value in facts.items()
        }
        changed = row | others
        return [{name: value for name, value in changed.items() if value is not None}]

    api.faults.plan_always(faulty.edited_list(edit), on=LIST)

    first, second = api.pull(), api.pull()

    assert (first.files_landed, first.alarms, second.files_landed, second.alarms) == (1, 0, 0, 0)
    assert len(api.faults.asked(FILE)) == 1


def test_another_checksum_of_an_unknown_kind_means_another_file(api: Api, sender: Sender) -> None:
    api.faults.plan(
        faulty.edited_list(lambda rows: [row | {"checksum": "a"} for row in rows]), on=LIST
    )
    api.pull()
    sender.send_users("USR-9", "USR-8")
    api.faults.plan_always(
        faulty.edited_list(
            lambda rows: [row | {"checksum": "b", "file_size": None} for row in rows]
        ),
        on=LIST,
    )

    assert api.pull().files_landed == 1
    assert landed_guids(api) == ["USR-9", "USR-8"]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (401, "MX_API_KEY"),
        (403, "address"),
        (404, "client id in MX_SOURCE"),
        (302, "leads to elsewhere.example.com"),
        (418, "status 418"),
    ],
)
def test_a_refused_list_says_in_a_line_what_to_check(api: Api, code: int, advice: str) -> None:
    fault = faulty.status(code)
    if code == 302:
        fault = faulty.redirect("https://elsewhere.example.com/?token=t0ken")
    api.faults.plan_always(fault, on=LIST)

    with pytest.raises(SourceError) as caught:
        api.pull()

    assert advice in str(caught.value)
    assert [word for word in ("\n", API_KEY, "t0ken") if word in str(caught.value)] == []
    assert len(api.faults.requests) == 1, "asking again would not help"


def test_a_refused_key_ends_the_run_soon(api: Api, sender: Sender) -> None:
    for number in range(30):
        sender.send(avro_bytes(users("x")), resource=f"kind_{number}", record_count=1)
    sender.send_manifest()
    api.faults.plan(Fault(), on=LIST)
    api.faults.plan_always(faulty.status(401), on=".")

    summary = api.pull()

    assert len(summary.failures) == 31
    assert len(api.faults.asked(FILE)) < 31


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b"[]",
        b'{"daily_snapshot_files": {}}',
        b'{"daily_snapshot_files": [1]}',
        b'{"daily_snapshot_files": [' + b"[" * 100_000,
        b'{"daily_snapshot_files": [{"name": "CLT',
    ],
)
def test_a_list_that_is_none_ends_the_run(api: Api, body: bytes) -> None:
    api.faults.plan_always(faulty.edited(lambda _: body), on=LIST)

    with pytest.raises(SourceError, match="expected daily_snapshot_files"):
        api.pull()


def test_a_list_without_end_is_not_read(api: Api) -> None:
    api.faults.plan_always(faulty.endless(b" " * (1 << 20)), on=LIST)

    with pytest.raises(SourceError, match="found more"):
        api.pull()


def test_rows_that_name_no_daily_file_hold_up_no_other(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    bad = {"name": f"{CLIENT}.{DAY}.users.restored", "checksum": "0" * 64}
    odd = [{}, {"name": 7}, {"name": "../../etc/passwd"}, bad]
    api.faults.plan_always(faulty.edited_list(lambda rows: [*odd, *rows]), on=LIST)

    first, second = api.pull(), api.pull()

    assert (first.files_landed, first.alarms, second.alarms) == (1, 1, 1)
    assert list(api.state.bad_names) == [f"{CLIENT}.{DAY}.users.restored.avro.pgp"]
    assert "3 rows without the name of a daily file" in caplog.text


def test_a_file_listed_twice_counts_once(api: Api) -> None:
    api.faults.plan_always(
        faulty.edited_list(lambda rows: [rows[0] | {"checksum": "0" * 64}, *rows]), on=LIST
    )

    assert api.pull().alarms == 0
    assert landed_guids(api) == [*GUIDS]
