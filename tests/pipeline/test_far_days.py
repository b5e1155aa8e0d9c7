"""Days that cannot be meant: a placeholder or a typing error costs its own file alone."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.commands.app import app
from ingest.delivery import names as delivery
from ingest.errors import SettingsError
from ingest.status.as_text import calendar
from ingest.status.report.page import render
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support import faulty
from tests.support.api import Api
from tests.support.ledger import days_of, facts_of, overview_of
from tests.support.reporting_api import FILE, LIST
from tests.support.sender import CLIENT, DAY, Sender

TODAY = datetime.now(tz=UTC).date()
FAR = ["0001-01-01", "1970-01-01", "1999-12-31", "9999-12-20", "9999-12-31"]
SETTLE = timedelta(hours=6)


def name_of(day: str, *, client: str = CLIENT) -> str:
    return f"{client}.{day}.users.created.avro.pgp"


@contextmanager
def older_version() -> Iterator[None]:
    """Take any day, as older versions did."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "is_plausible", lambda *_, **__: True)
        yield


def send(sender: Sender, *days: str) -> None:
    for day in days:
        sender.day, sender.rows = day, []
        sender.send_users(f"USR-{day}")
        sender.send_manifest()


@pytest.mark.parametrize("day", ["2000-01-01", TODAY, TODAY + timedelta(days=2)])
def test_days_that_can_be_meant_are_taken(day: date | str) -> None:
    assert delivery.parse_name(name_of(str(day))) is not None


@pytest.mark.parametrize("day", [*FAR, TODAY + timedelta(days=3)])
def test_other_days_break_the_grammar_of_what_is_delivered(day: date | str) -> None:
    assert delivery.parse_name(name_of(str(day))) is None
    assert delivery.parse_name(f"{CLIENT}.{day}-manifest.csv.pgp") is None
    assert delivery.parse_kept_name(name_of(str(day))) is not None


@pytest.mark.parametrize("days", [FAR, [DAY, *FAR]], ids=["alone", "among good ones"])
def test_files_of_such_days_go_to_quarantine_by_name_and_the_others_land(
    sender: Sender, ingest: Ingest, data: Path, days: list[str]
) -> None:
    send(sender, *days)

    summary = ingest()

    good = [day for day in days if day == DAY]
    assert [row["guid"] for row in landed_rows(data)] == [f"USR-{day}" for day in good]
    reasons = json.loads(next((data / "quarantine" / "_names").glob("*.json")).read_text())
    assert "of a day from 2000-01-01 to 2 days from now" in reasons["expected"]
    assert len(list((data / "quarantine" / "_names").glob("*.json"))) == 2 * len(FAR)
    assert summary.alarms == 2 * len(FAR)
    now = datetime.combine(date.fromisoformat(DAY), datetime.min.time(), tzinfo=UTC)
    assert len(days_of(data / "ledger", now=now, settle=SETTLE)) == len(good)


def test_a_file_ahead_of_its_time_lands_once_its_day_can_be_meant(
    sender: Sender, ingest: Ingest, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(sender, str(TODAY + timedelta(days=3)))
    assert ingest().alarms == 2

    monkeypatch.setattr(delivery, "_today", lambda: TODAY + timedelta(days=1))

    assert (ingest().files_landed, ingest().alarms) == (1, 0)
    assert quarantine_reasons(data) == {}


@pytest.mark.parametrize("day", FAR)
def test_a_list_that_names_such_a_day_ends_no_run(api: Api, day: str) -> None:
    def name_far(rows: list[dict[str, Any]]) -> list[Any]:
        return [*rows, rows[0] | {"name": f"{CLIENT}.{day}.accounts.created"}]

    api.faults.plan_always(faulty.edited_list(name_far), on=LIST)

    summary = api.pull()

    assert (summary.failures, summary.files_landed, summary.alarms) == ([], 1, 1)
    assert not [each for each in api.faults.asked(FILE) if day in each.path]


@pytest.fixture
def api(sender: Sender, data: Path, keyring: Any) -> Api:
    sender.send_users("USR-1")
    sender.send_manifest()
    return Api(folder=sender.folder, data=data, keyring=keyring)


@pytest.mark.parametrize("days", [FAR, [DAY, *FAR], ["0001-01-01"], ["9999-12-31"]])
def test_a_ledger_that_has_such_days_ends_neither_run_nor_status_nor_report(
    sender: Sender, ingest: Ingest, data: Path, days: list[str]
) -> None:
    send(sender, *days)
    with older_version():
        assert ingest().files_landed == len(days)
    now = datetime.combine(date.fromisoformat(DAY), datetime.max.time(), tzinfo=UTC)
    began = time.monotonic()

    assert ingest().failures == []
    seen = overview_of(data / "ledger", now=now, settle=SETTLE)
    shown = calendar(seen.days, bad_names=seen.bad_names)
    page = render(facts_of(data / "ledger", now=now, settle=SETTLE))

    assert [str(day.delivery.snapshot_date) for day in seen.days] == sorted(days)
    assert {day.status for day in seen.days} == {"landed"}
    assert all(day[:7] in shown for day in days)
    assert len(page) < 1_000_000
    assert time.monotonic() - began < 30


def test_such_a_day_of_which_a_file_is_missing_is_told(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.day = "9999-12-31"
    path = sender.send_users("a")
    sender.send_manifest()
    path.unlink()
    with older_version():
        ingest()

    [day] = overview_of(data / "ledger", now=datetime.now(tz=UTC), settle=SETTLE).days

    assert day.status == "not due"


@pytest.mark.parametrize("as_of", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
@pytest.mark.parametrize("command", ["status", "report"])
def test_a_day_to_pretend_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, as_of: str
) -> None:
    monkeypatch.setenv("MX_DATA", str(tmp_path))

    done = CliRunner().invoke(app, [command, "--as-of", as_of])

    assert isinstance(done.exception, SettingsError)
    assert f"--as-of: expected a day from 2000-01-01 to 2099-12-31, found {as_of}" in str(
        done.exception
    )


def test_a_baseline_is_of_a_day_that_can_be_meant(
    tmp_path: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    done = CliRunner().invoke(app, ["baseline", str(tmp_path), "--date", "9999-12-31"])

    assert "--date: expected a day from 2000-01-01 to" in str(done.exception)
