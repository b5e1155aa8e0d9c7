"""The status of files and days."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import UnknownNameError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.operations import give_up, release
from ingest.status.days import DayStatus
from ingest.status.grid import calendar, day_grid
from ingest.status.overview import day_facts
from ingest.status.runs import Summary
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.ledger import days_of, read_state
from tests.support.sender import CLIENT, DAY, Sender

STEM = f"{CLIENT}.{DAY}.users.created"
RULES = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
NEXT_MORNING = datetime(2026, 1, 3, 7, tzinfo=UTC)


def days(data: Path, *, now: datetime = NEXT_MORNING) -> list[DayStatus]:
    return days_of(data / "ledger", now=now, settle=RULES.settle)


def signs(data: Path, *, now: datetime = NEXT_MORNING) -> list[str]:
    return [str(day.status) for day in days(data, now=now)]


def give_up_names(*names: str, data: Path) -> Summary:
    return give_up(list(names), data=data, rules=RULES)


@pytest.mark.parametrize(
    "name",
    [STEM, f"{STEM}.avro.pgp", DAY, f"{CLIENT}/{DAY}", f"{CLIENT}.{DAY}", CLIENT],
)
def test_what_is_given_up_stays_visible_and_alarms_no_more(
    sender: Sender, ingest: Ingest, data: Path, name: str
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    assert ingest().alarms == 1

    summary = give_up_names(name, data=data)

    assert (summary.alarms, summary.statuses) == (0, {"given up": 1})
    assert signs(data) == ["given up"]
    assert ingest().alarms == 0


def test_a_given_up_client_is_not_waited_for(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    give_up_names(CLIENT, data=data)

    assert not any(day.is_alarm for day in days(data, now=datetime(2026, 2, 1, tzinfo=UTC)))


def test_a_given_up_name_alarms_no_more(sender: Sender, ingest: Ingest, data: Path) -> None:
    (sender.folder / "CLT-x").write_bytes(b"?")
    assert ingest().alarms == 1

    assert give_up_names("CLT-x", data=data).alarms == 0
    assert ingest().alarms == 0


def test_a_given_up_file_that_comes_after_all_lands(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    ingest()
    give_up_names(STEM, data=data)
    sender.send_users("a")
    sender.send_manifest()

    assert ingest().statuses == {"landed": 1}


@pytest.mark.parametrize("name", ["nobody", "2026-13-01", "CLT-nobody", f"{CLIENT}.x", "users"])
def test_a_name_that_nobody_knows_gives_nothing_up(
    sender: Sender, ingest: Ingest, data: Path, name: str
) -> None:
    sender.send_users("a")
    ingest()

    with pytest.raises(UnknownNameError, match="see: ingest status"):
        give_up_names(STEM, name, data=data)
    assert read_state(data / "ledger").given_up == set()


def test_release_lands_what_a_new_key_opens(
    sender: Sender, ingest: Ingest, data: Path, keyring: Keyring, tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    stranger = tmp_path / "g"
    stranger.mkdir(mode=0o700)
    ingest(keys=Keyring(stranger))
    assert set(quarantine_reasons(data).values()) == {"wrong_key"}

    summary = release(data=data, keyring=keyring, rules=RULES)

    assert (summary.statuses, quarantine_reasons(data)) == ({"landed": 1}, {})
    assert [row["guid"] for row in landed_rows(data)] == ["a"]


def test_release_leaves_what_still_fails(
    sender: Sender, ingest: Ingest, data: Path, keyring: Keyring
) -> None:
    sender.send_users("a", Checksum="0" * 64)
    sender.send_manifest()
    ingest()

    assert release(data=data, keyring=keyring, rules=RULES).statuses == {"quarantined": 1}


def test_four_hundred_days_are_a_line_a_month(sender: Sender, ingest: Ingest, data: Path) -> None:
    sender.send_users("a")
    sender.send_manifest()
    ingest()

    drawn = calendar(days(data, now=datetime(2027, 2, 5, 7, tzinfo=UTC)), bad_names=["CLT-\n"])

    assert f"2026-01   #{'M' * 29}" in drawn.splitlines()
    assert len(drawn.splitlines()) < 45
    assert "and 378 days more: ingest status --json" in drawn
    assert "name in quarantine: 'CLT-\\n'" in drawn


def test_a_day_in_detail_shows_resource_by_event(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="deleted", Checksum="0" * 64)
    sender.send_manifest()
    ingest()
    [day] = days_of(
        data / "ledger", now=NEXT_MORNING, settle=RULES.settle, day=date.fromisoformat(DAY)
    )

    assert day_grid(day).splitlines()[3].split() == ["users", "landed", "quarantined"]
    assert "users deleted: checksum" in day_grid(day)
    assert [file["reason"] for file in day_facts(day, with_landed=False)["files"]] == ["checksum"]
    assert len(day_facts(day, with_landed=True)["files"]) == 2
