"""`ingest run` against the Reporting API as a program: what it asks for, and what it never says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sample.serve.reporting_api import ServedAt
from tests.support import faulty
from tests.support.api import API_KEY, Api
from tests.support.proxy import Proxy, proxying
from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.reporting_api import FILE, LIST
from tests.support.sender import CLIENT, Sender

SECRETS = (API_KEY, "pr0xy-pass", PASSPHRASE, "Usr-Person")


@pytest.fixture
def api(sender: Sender, data: Path) -> Api:
    sender.send_users("USR-PERSON")
    sender.send_manifest()
    return Api(folder=sender.folder, data=data, keyring=sender.keyring)


@pytest.fixture
def served(api: Api) -> Iterator[ServedAt]:
    with api.serving() as server:
        yield server


def ingest(
    *args: str, api: Api, served: ServedAt, receiver: Receiver, **more: str
) -> subprocess.CompletedProcess[str]:
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(api.data.parent),
        "MX_SOURCE": served.address_of(CLIENT),
        "MX_API_KEY": API_KEY,
        "MX_HTTPS_CA": str(served.ca),
        "MX_DATA": str(api.data),
        "MX_GNUPGHOME": str(receiver.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ingest", *args],
        env=settings | more,
        cwd=api.data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    kept = [
        path.read_text() for name in ("ledger", "quarantine") for path in texts(api.data / name)
    ]
    for text in (done.stdout, done.stderr, *kept):
        assert [secret for secret in SECRETS if secret in text] == []
    assert "Traceback" not in done.stderr
    return done


def texts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".json", ".jsonl")]


def test_a_run_over_https_is_reported_as_any_other(
    api: Api, served: ServedAt, receiver_key: Receiver
) -> None:
    api.bodies = "plain"
    done = ingest("run", api=api, served=served, receiver=receiver_key)

    assert (done.returncode, "landed 1 file" in done.stdout) == (0, True), done.stderr
    status = ingest("status", "--day=2026-01-02", api=api, served=served, receiver=receiver_key)
    assert "landed" in status.stdout


def test_the_range_of_days_is_an_option(api: Api, served: ServedAt, receiver_key: Receiver) -> None:
    for option in ("--since=2026-01-03", "--until=2026-01-01"):
        done = ingest("run", option, api=api, served=served, receiver=receiver_key)
        assert (done.returncode, api.faults.asked(FILE)) == (0, [])


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_those_of_utc_wherever_the_machine_stands(
    api: Api, served: ServedAt, receiver_key: Receiver, zone: str
) -> None:
    today = datetime.now(tz=UTC).date()
    for day in (today - timedelta(days=2), today):
        api.today, sender = today, Sender(api.folder, api.keyring, receiver_key.fingerprint)
        sender.day = day.isoformat()
        sender.send_users("USR-PERSON")
        sender.send_manifest()
    api.faults.plan_always(faulty.status(404))

    done = ingest("run", api=api, served=served, receiver=receiver_key, TZ=zone)

    statuses = {
        delivery.snapshot_date: delivery in api.state.unfinished for delivery in api.state.listings
    }
    assert statuses == {today - timedelta(days=2): False, today: True}
    assert (done.returncode, done.stderr.count("found status 404")) == (3, 1)
    assert "not due yet" in done.stderr


def test_a_gone_file_is_shown_until_it_is_given_up(
    api: Api, served: ServedAt, receiver_key: Receiver
) -> None:
    api.faults.plan_always(faulty.status(410))
    codes = []
    for args in (
        ["run"],
        ["status", "--day=2026-01-02"],
        ["release", "--give-up", f"{CLIENT}.2026-01-02.users.created"],
        ["run"],
    ):
        done = ingest(*args, api=api, served=served, receiver=receiver_key)
        codes.append(done.returncode)
        if args[0] == "status":
            assert "gone" in done.stdout

    assert codes == [3, 3, 0, 0]
    assert len(api.faults.asked(FILE)) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [(401, "check MX_API_KEY"), (403, "this machine's address"), (404, "client id in MX_SOURCE")],
)
def test_a_refused_list_is_one_line(
    api: Api, served: ServedAt, receiver_key: Receiver, code: int, said: str
) -> None:
    api.faults.plan_always(faulty.status(code), on=LIST)

    done = ingest("run", api=api, served=served, receiver=receiver_key)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert said in done.stderr


def test_a_missing_key_is_a_matter_of_settings(
    api: Api, served: ServedAt, receiver_key: Receiver
) -> None:
    done = ingest("run", api=api, served=served, receiver=receiver_key, MX_API_KEY="")

    assert (done.returncode, "MX_API_KEY" in done.stderr) == (2, True)


def test_a_run_may_go_through_a_proxy(api: Api, served: ServedAt, receiver_key: Receiver) -> None:
    with proxying(user="me", password="pr0xy-pass") as proxy:
        done = ingest(
            "run", api=api, served=served, receiver=receiver_key, MX_HTTPS_PROXY=proxy.address
        )

    assert done.returncode == 0, done.stderr
    assert proxy.asked == [f"127.0.0.1:{served.port}"] * len(proxy.asked) != []


def test_a_proxy_that_refuses_is_reported_without_its_password(
    api: Api, served: ServedAt, receiver_key: Receiver
) -> None:
    with proxying(user="me", password="other") as proxy:
        address = Proxy(port=proxy.port, user="me", password="pr0xy-pass").address
        done = ingest("run", api=api, served=served, receiver=receiver_key, MX_HTTPS_PROXY=address)

    assert (done.returncode, "ProxyError" in done.stderr) == (1, True)
