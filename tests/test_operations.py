"""What an operator gives up stays visible; what is released is checked again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.errors import UnknownNameError
from ingest.openpgp.keyring import Keyring
from ingest.operations import give_up, release
from ingest.status.runs import Summary
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.ledger import read_state
from tests.support.sender import CLIENT, DAY, Sender
from tests.support.status import RULES, days, signs

STEM = f"{CLIENT}.{DAY}.users.created"


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
