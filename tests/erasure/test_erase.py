"""A user is erased from archive, landing and quarantine; all else stays as it was."""

from pathlib import Path

import pytest

from ingest.erasure.erase import Work, end, preview
from ingest.errors import UnknownNameError
from ingest.openpgp.keyring import Keyring
from ingest.store.index.catch_up import open_state
from ingest.store.ledger import read_records
from ingest.warehouse.replay import verify_files
from tests.conftest import Ingest
from tests.erasure.conftest import (
    ACCOUNTS,
    OTHER,
    OTHERS_TRANSACTION,
    OTHERS_USER,
    PERSON,
    PERSONS_USER,
    TRANSACTIONS,
    USERS,
    Erase,
    landed,
    send,
    send_all,
    traces,
)
from tests.support.sender import CLIENT, Sender, avro_bytes
from tests.support.status import RULES


def test_nothing_of_an_erased_user_is_left_in_any_byte(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send_all(sender)
    assert ingest().alarms == 0
    assert traces(data, keyring)

    outcome = erase_person()

    assert traces(data, keyring) == {}
    assert (outcome.rows, outcome.files, outcome.is_incomplete) == (5, 5, False)
    assert outcome.resources["transactions"] == (2, 2)


def test_rows_of_others_stay_as_they_were(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path
) -> None:
    send_all(sender)
    ingest()
    before = landed(data, "transactions")

    erase_person()

    [first, second] = landed(data, "transactions")
    changed = ("_row_number", "_source_sha256")
    for now, then in ((first, before[0]), (second, before[2])):
        assert {k: v for k, v in now.items() if k not in changed} == {
            k: v for k, v in then.items() if k not in changed
        }
    assert first.items() >= OTHERS_TRANSACTION.items()
    assert landed(data, "transactions", "deleted") == []


def test_what_is_left_verifies_and_is_fetched_no_more(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path
) -> None:
    send_all(sender)
    ingest()
    erase_person()
    end(data=data, rules=RULES)

    again = ingest()

    assert (again.files_landed, again.alarms, again.statuses) == (0, 0, {"landed": 5})
    checked = verify_files(data)
    assert (checked.damaged, checked.landed, checked.archived) == ([], 5, 6)


def test_the_record_says_who_asked_and_how_much_and_not_whom(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path
) -> None:
    send_all(sender)
    ingest()

    erase_person()

    records = list(read_records(data / "ledger"))
    [begun] = [each for each in records if each.get("state") == "begun"]
    assert (begun["requested_by"], begun["rows_erased"], begun["files_erased"]) == ("a test", 5, 5)
    erased = [each for each in records if each["what"] == "erased"]
    assert sum(each["rows_erased"] for each in erased) == 5
    for each in erased:
        assert each["replaces_sha256"] == each["delivered"]["encrypted_sha256"]
        assert each["encrypted_sha256"] != each["replaces_sha256"]
    assert PERSON not in str(records)


def test_a_preview_changes_nothing(sender: Sender, ingest: Ingest, data: Path) -> None:
    send_all(sender)
    ingest()
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}

    outcome = preview(PERSON, data=data, client=None, mask_key=None)

    assert (outcome.rows, outcome.files, outcome.is_dry_run) == (5, 5, True)
    after = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert {k: v for k, v in after.items() if k.name != ".lock"} == {
        k: v for k, v in before.items() if k.name != ".lock"
    }


def test_the_same_bytes_that_come_again_bring_nobody_back(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send_all(sender)
    ingest()
    erase_person()
    for path in sender.folder.iterdir():
        path.touch()

    again = ingest()

    assert (again.files_landed, again.alarms) == (0, 0)
    assert traces(data, keyring) == {}
    assert verify_files(data).damaged == []


def test_a_restated_file_brings_nobody_back(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send_all(sender)
    ingest()
    erase_person()
    send(sender, USERS, PERSONS_USER, OTHERS_USER, {"guid": "USR-new", "first_name": "New"})
    sender.send_manifest()

    again = ingest()

    assert (again.files_landed, again.alarms) == (1, 0)
    assert [row["guid"] for row in landed(data, "users")] == [OTHERS_USER["guid"], "USR-new"]
    assert traces(data, keyring) == {}
    assert verify_files(data).damaged == []
    assert ingest().files_landed == 0


def test_an_erasure_is_open_until_it_ends(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, work: Work
) -> None:
    send_all(sender)
    ingest()
    erase_person()
    with open_state(data / "ledger") as state:
        assert [each.requested_by for each in state.meta.erasures] == ["a test"]

    outcome = work.resume()
    end(data=data, rules=RULES)

    assert outcome.files == 0
    with open_state(data / "ledger") as state:
        assert state.meta.erasures == []
    with pytest.raises(UnknownNameError, match="found none"):
        work.resume()


def test_a_user_that_nobody_knows_is_told(
    sender: Sender, ingest: Ingest, erase_person: Erase
) -> None:
    send_all(sender)
    ingest()

    with pytest.raises(UnknownNameError, match="expected rows of this user"):
        erase_person("USR-nobody")


def test_rejected_and_replaced_bytes_are_searched_too(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send_all(sender)
    ingest()
    send(sender, USERS, PERSONS_USER)  # restated, and replaces the first bytes
    sender.send_manifest()
    ingest()
    plain = avro_bytes([PERSONS_USER, OTHERS_USER], schema=USERS)
    sender.send(plain, record_count=2, Checksum="0" * 64)
    sender.send_manifest()
    assert ingest().statuses == {"landed": 4, "quarantined": 1}
    (data / "quarantine" / "_names").mkdir(parents=True)
    sender.encrypt(plain, data / "quarantine" / "_names" / ("0" * 64))
    assert len(list((data / "archive").rglob("*.users.created.avro.pgp*"))) == 3

    outcome = erase_person()

    assert traces(data, keyring) == {}
    assert (outcome.rows, outcome.copies, outcome.unread) == (5, 4, {})
    assert landed(data, "users") == []
    assert ingest().statuses == {"landed": 4, "quarantined": 1}


def test_what_waits_for_its_manifest_is_rewritten_and_still_lands(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    """The manifest describes the file as it came."""
    send_all(sender)
    ingest()
    sender.day, sender.rows = "2026-01-03", []
    send(sender, USERS, PERSONS_USER, OTHERS_USER, event="updated")
    assert ingest().files_landed == 0

    outcome = erase_person()
    sender.send_manifest()

    assert (outcome.copies, traces(data, keyring)) == (1, {})
    assert (ingest().files_landed, ingest().alarms) == (1, 0)
    assert [row["guid"] for row in landed(data, "users", "updated")] == [OTHERS_USER["guid"]]
    assert verify_files(data).damaged == []


def test_bytes_that_nobody_can_read_are_named(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path
) -> None:
    send_all(sender)
    ingest()
    sender.day, sender.rows = "2026-01-03", []
    path = send(sender, USERS, PERSONS_USER)
    path.write_bytes(path.read_bytes()[:-30])
    sender.send_manifest()
    assert ingest(settle_hours=0).alarms == 1

    outcome = erase_person()

    assert list(outcome.unread) == [f"archive/{CLIENT}/2026-01-03/{path.name}"]
    assert outcome.is_incomplete
    assert outcome.text().splitlines()[-1].startswith("incomplete: 1 kept files")


def test_two_users_are_erased_one_after_the_other(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    """The second erasure writes files anew that the first one wrote."""
    send_all(sender)
    ingest()

    erase_person()
    erase_person(OTHER)

    assert landed(data, "users") == landed(data, "transactions") == []
    assert verify_files(data).damaged == []
    for path in sender.folder.iterdir():
        path.touch()
    assert ingest().files_landed == 0
    assert traces(data, keyring, [b"USR-", b"ACT-", b"TRN-"]) == {}


def test_a_landed_file_whose_bytes_are_lost_keeps_the_erasure_open(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring, work: Work
) -> None:
    """Its rows cannot be written anew; once a backup has brought the bytes back, they can."""
    send_all(sender)
    ingest()
    [path] = (data / "archive").rglob("*.accounts.created.*")
    kept = path.read_bytes()
    path.unlink()

    outcome = erase_person()

    assert list(outcome.stuck) == [
        f"landing/resource=accounts/event=created/date=2026-01-02/{CLIENT}.parquet"
    ]
    assert "restore their bytes" in outcome.text().splitlines()[-1]
    path.write_bytes(kept)
    assert work.resume().stuck == {}
    assert traces(data, keyring) == {}


def test_a_new_account_of_an_erased_user_takes_its_rows_with_it(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    """A file that is searched first names the user only by an account of a later day's file."""
    send_all(sender)
    ingest()
    erase_person()
    sender.day, sender.rows = "2026-01-03", []
    bought = {"guid": "TRN-new", "account_guid": "ACT-new", "description": "bought anew"}
    send(sender, TRANSACTIONS, bought, OTHERS_TRANSACTION)
    sender.send_manifest()
    sender.day, sender.rows = "2026-01-04", []
    account = {"guid": "ACT-new", "user_guid": PERSON, "name": "new"}
    others = [
        {"guid": f"ACT-{n}", "user_guid": OTHER, "name": f"Account {n}"} for n in range(30_000)
    ]
    send(sender, ACCOUNTS, *others, account)
    sender.send_manifest()

    assert ingest().alarms == 0

    assert traces(data, keyring, [b"ACT-new", b"TRN-new", b"bought anew"]) == {}
    assert len(landed(data, "transactions")) == 3
    assert len(landed(data, "accounts")) == 1 + len(others)
    assert verify_files(data).damaged == []
    assert ingest().files_landed == 0
