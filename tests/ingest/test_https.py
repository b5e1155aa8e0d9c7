"""The Reporting API as a source: what is asked for, and what its faults become."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from tenacity import wait_none

from ingest import download
from ingest.download import ATTEMPTS
from ingest.errors import SettingsError, SourceError
from ingest.fetch import Days
from ingest.openpgp import Keyring
from ingest.sample.certificates import Authority
from ingest.sources import Https, https_client, open_source
from ingest.standing import Standing
from tests.conftest import Ingest, landed_rows
from tests.ingest.api import API_KEY, NAME, Api
from tests.support import reporting_api as faulty
from tests.support.reporting_api import FILE, LIST
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users

GUIDS = ("USR-1", "USR-2")
LARGE = [
    {"guid": f"USR-{number}", "first_name": hashlib.sha256(b"%d" % number).hexdigest()}
    for number in range(20_000)
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "wait_random_exponential", lambda **_: wait_none())


@pytest.fixture
def api(sender: Sender, data: Path, keyring: Keyring) -> Api:
    """A delivery of one file, which is ready to be pulled."""
    sender.send_users(*GUIDS)
    sender.send_manifest()
    return Api(folder=sender.folder, data=data, keyring=keyring)


def send_large(sender: Sender) -> None:
    sender.send(avro_bytes(LARGE, codec="null"), record_count=len(LARGE))
    sender.send_manifest()


def landed_guids(api: Api) -> list[str]:
    return [row["guid"] for row in landed_rows(api.data)]


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
    ledger = [path.read_bytes() for path in (api.data / "ledger").iterdir()]

    summary = api.pull()

    assert len(api.faults.asked(FILE)) == 1
    assert (summary.files_landed, summary.alarms) == (0, 0)
    [again] = [path.read_bytes() for path in (api.data / "ledger").iterdir()]
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
    assert api.standings() == {"users.created": Standing.LANDED}


def test_a_restated_file_replaces_the_earlier_one(api: Api, sender: Sender) -> None:
    api.pull()
    sender.send_users("USR-9")
    sender.send_manifest()

    assert api.pull().files_landed == 1
    assert landed_guids(api) == ["USR-9"]
    assert len(api.archived()) == 2


def test_the_oldest_day_is_asked_for_first_and_a_range_if_told(api: Api, sender: Sender) -> None:
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


def test_a_file_that_is_not_what_the_list_says_goes_to_quarantine(api: Api) -> None:
    api.faults.plan(
        faulty.edited_list(lambda rows: [row | {"number_of_records": 3} for row in rows]), on=LIST
    )

    assert api.pull().alarms == 1
    assert (api.standings(), landed_rows(api.data)) == (
        {"users.created": Standing.QUARANTINED},
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


def test_a_server_that_asks_for_time_gets_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=3), usegmt=True)
    began = datetime.now(tz=UTC)
    api.faults.plan(faulty.status(429, retry_after="1"), faulty.status(503, retry_after=soon))

    assert api.pull().failures == []
    assert (datetime.now(tz=UTC) - began).total_seconds() > 1.9


def test_a_server_that_asks_for_hours_is_left_to_the_next_run(api: Api) -> None:
    api.faults.plan_always(faulty.status(429, retry_after="7200"))

    [failure] = api.pull().failures

    assert "to be left alone for 7,200 s" in str(failure)
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
    monkeypatch.setattr(https_client, "TIMEOUT", httpx.Timeout(2, pool=None))
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
        faulty.zipped(),
    ],
)
def test_a_server_may_be_slow_or_frame_a_body_otherwise(api: Api, fault: faulty.Fault) -> None:
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
def test_a_body_that_is_not_the_file_heals_with_the_next_run(api: Api, fault: faulty.Fault) -> None:
    api.faults.plan(fault)

    assert (api.pull().alarms, landed_rows(api.data)) == (1, [])
    assert (api.pull().alarms, landed_guids(api)) == (0, [*GUIDS])
    assert list((api.data / "quarantine").rglob("*.json")) == []


def test_a_body_without_end_is_cut_off(api: Api) -> None:
    api.faults.plan_always(faulty.endless(bytes(1 << 20)))

    [failure] = api.pull().failures

    assert "found more" in str(failure)


def test_a_gone_file_is_asked_for_once(api: Api) -> None:
    api.faults.plan_always(faulty.status(410))

    summaries = [api.pull() for _ in range(3)]

    assert [(len(each.failures), each.alarms) for each in summaries] == [(0, 1)] * 3
    assert len(api.faults.asked(FILE)) == 1
    assert api.standings() == {"users.created": Standing.GONE}


def test_a_gone_file_that_is_listed_anew_is_asked_for_again(api: Api, sender: Sender) -> None:
    api.faults.plan(faulty.status(410))
    api.pull()
    sender.send_users("USR-9")
    sender.send_manifest()

    assert (api.pull().alarms, landed_guids(api)) == (0, ["USR-9"])


def test_a_listed_file_that_is_not_there_is_missing(api: Api) -> None:
    api.faults.plan_always(faulty.status(404))

    summary = api.pull()

    assert (summary.failures, summary.alarms) == ([], 1)
    assert api.standings() == {"users.created": Standing.MISSING}


def test_before_its_day_has_ended_a_file_is_not_due_yet(api: Api, sender: Sender) -> None:
    today = datetime.now(tz=UTC).date()
    sender.day, sender.rows = today.isoformat(), []
    sender.send_users("USR-3")
    sender.send_manifest()
    api.today = today
    api.faults.plan_always(faulty.status(404))

    summary = api.pull(days=Days(since=today))

    assert (summary.failures, summary.alarms) == ([], 0)
    assert api.standings() == {"users.created": Standing.NOT_DUE}
    assert {delivery.snapshot_date for delivery in api.state.unfinished} == {today}


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
    api.faults.plan(faulty.Fault(), on=LIST)
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


def test_a_server_that_nobody_vouches_for_is_not_trusted(api: Api) -> None:
    api.faults.tls = faulty.proven_by(Authority())

    with pytest.raises(SourceError, match=r"certificate that is not trusted .*MX_HTTPS_CA"):
        api.pull()
    with api.opened(https=Https()) as source, pytest.raises(SourceError, match="not trusted"):
        source.list_files()
    assert api.faults.requests == []


def test_a_server_of_another_name_is_not_trusted(api: Api) -> None:
    with api.serving() as server:
        authority = server.ca.read_bytes()
    api.faults.tls = faulty.proven_by(Authority(), "other.example.com")

    with pytest.raises(SourceError, match="not trusted"):
        api.pull()
    assert authority.startswith(b"-----BEGIN CERTIFICATE")


def test_a_client_certificate_is_shown(api: Api, tmp_path: Path) -> None:
    authority = Authority()
    api.faults.tls = faulty.demanding_certificates_of(authority)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    for path, content in zip((cert, key), authority.issue("client"), strict=True):
        path.write_bytes(content)

    with api.serving() as server:
        for https, is_let_in in (
            (Https(ca=server.ca, cert=cert, cert_key=key), True),
            (Https(ca=server.ca), False),
        ):
            address = server.address_of(CLIENT)
            with open_source(address, api_key=API_KEY, https=https) as source:
                if is_let_in:
                    assert len(source.list_files()) == 1
                else:
                    with pytest.raises(SourceError):
                        source.list_files()


@pytest.mark.parametrize(
    ("address", "key", "https", "said"),
    [
        ("https://host/download/c", None, Https(), "MX_API_KEY: expected the key"),
        ("https://host/download/c", "two words", Https(), "MX_API_KEY: expected one word"),
        ("http://host/download/c", "k", Https(), "expected https://, found http://"),
        ("https:///download/c", "k", Https(), "found no host"),
        ("https://me:pw@host/download/c", "k", Https(), "expected no user name"),
        ("https://host/download/c", "k", Https(ca=Path("/nowhere")), "MX_HTTPS_CA"),
        ("https://host/download/c", "k", Https(cert=Path(__file__)), "MX_HTTPS_CERT"),
        ("https://host/download/c", "k", Https(proxy="nonsense"), "MX_HTTPS_PROXY"),
        ("https://[host/download/c", "k", Https(), "found no such address"),
        ("https://host:9_9/download/c", "k", Https(), "found no such address"),
        ("https://host/download/c?key=pw", "k", Https(), "found more after the path"),
        ("ftp://host/", "k", Https(), "found the scheme ftp"),
    ],
)
def test_settings_that_cannot_work_are_told(
    address: str, key: str | None, https: Https, said: str
) -> None:
    with (
        pytest.raises(SettingsError) as caught,
        open_source(address, api_key=key, https=https),
    ):
        pass

    assert said in str(caught.value)
    assert "pw" not in str(caught.value)
    assert "two words" not in str(caught.value)


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
