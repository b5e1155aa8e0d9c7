"""A landed file is taken out again: its rows go, its record stays, and it stays out until told."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.delivery.manifest import Listing
from ingest.errors import UnknownNameError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.operations import give_up, release, set_files_aside
from ingest.receive.sources import SourceFile
from ingest.receive.wanted import Offer, choose_wanted
from ingest.status.as_text import day_grid
from ingest.status.runs import Summary
from ingest.store.index.catch_up import open_state
from ingest.store.keys_and_paths import key_at
from ingest.store.ledger import read_records
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.ledger import days_of, facts_of, read_state
from tests.support.sender import CLIENT, DAY, Sender, avro_bytes, users
from tests.support.status import NEXT_MORNING, RULES

STEM = f"{CLIENT}.{DAY}.users.created"
NAME = f"{STEM}.avro.pgp"
LANDED = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"
SUBJECT = {"client_guid", "snapshot_date", "resource", "event", "file"}
Release = Callable[..., Summary]


@pytest.fixture
def landed(sender: Sender, ingest: Ingest) -> Sender:
    """Land two files, of which one will be set aside."""
    sender.send_users("a")
    sender.send_users("other", event="updated")
    sender.send_manifest()
    assert ingest().alarms == 0
    return sender


@pytest.fixture
def release_again(data: Path, keyring: Keyring) -> Release:
    def release_once(*names: str, rules: Rules = RULES, keys: Keyring = keyring) -> Summary:
        return release(names, data=data, keyring=keys, rules=rules)

    return release_once


def set_aside(*names: str, data: Path) -> Summary:
    return set_files_aside(names, data=data, rules=RULES)


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed_rows(data)]


def records(data: Path, what: str) -> list[dict[str, Any]]:
    return [record for record in read_records(data / "ledger") if record["what"] == what]


def send_encrypted_anew(sender: Sender, plain: bytes) -> None:
    """Deliver the same contents as other bytes, as a sender does that encrypts again."""
    sender.send(plain, record_count=1)
    sender.send_manifest()


@pytest.mark.parametrize(
    "name", [STEM, NAME, LANDED, f"/srv/data/{LANDED}", f"data/archive/{CLIENT}/{DAY}/{NAME}"]
)
def test_what_is_set_aside_leaves_the_landing_with_a_record_and_is_in_quarantine(
    landed: Sender, data: Path, name: str
) -> None:
    [was_landed] = [each for each in records(data, "landed") if each["event"] == "created"]

    summary = set_aside(name, data=data)

    assert (summary.statuses, summary.alarms) == ({"landed": 1, "quarantined": 1}, 1)
    assert (guids(data), (data / LANDED).exists()) == (["other"], False)
    [record] = records(data, "set_aside")
    same = SUBJECT | {"name", "path", "encrypted_bytes", "encrypted_sha256"}
    same |= {"manifest_sha256", "plain_sha256"}
    assert {key: record[key] for key in same} == {key: was_landed[key] for key in same}
    assert (record["path"], record["reason"]) == (LANDED, "set_aside")
    kept = data / "quarantine" / CLIENT / DAY / NAME
    assert kept.read_bytes() == (landed.folder / NAME).read_bytes()
    told = json.loads(kept.with_name(f"{NAME}.json").read_text())
    assert told == {key: record[key] for key in told}
    assert told["reason"] == "set_aside"


def test_what_is_set_aside_stays_aside_whatever_runs(
    landed: Sender, ingest: Ingest, release_again: Release, data: Path
) -> None:
    set_aside(STEM, data=data)
    landed.send_manifest()  # a new one, so that files are judged anew

    assert ingest(accept_unlisted=True).statuses == {"landed": 1, "quarantined": 1}
    assert release_again().statuses == {"landed": 1, "quarantined": 1}
    assert (guids(data), quarantine_reasons(data)) == (["other"], {NAME: "set_aside"})


def test_other_bytes_of_what_was_set_aside_land(landed: Sender, ingest: Ingest, data: Path) -> None:
    set_aside(STEM, data=data)
    landed.send_users("b")
    landed.send_manifest()

    summary = ingest()

    assert (summary.statuses, quarantine_reasons(data)) == ({"landed": 2}, {})
    assert guids(data) == ["b", "other"]


def test_the_same_contents_encrypted_anew_stay_aside_until_released(
    sender: Sender, ingest: Ingest, release_again: Release, data: Path
) -> None:
    plain = avro_bytes(users("a"))
    send_encrypted_anew(sender, plain)
    ingest()
    set_aside(STEM, data=data)
    send_encrypted_anew(sender, plain)

    assert ingest().statuses == {"quarantined": 1}
    assert release_again().statuses == {"quarantined": 1}
    assert (guids(data), quarantine_reasons(data)) == ([], {NAME: "set_aside"})
    assert release_again(STEM).statuses == {"landed": 1}
    send_encrypted_anew(sender, plain)
    assert ingest().statuses == {"landed": 1}


def test_contents_that_were_set_aside_do_not_replace_better_ones(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    plain = avro_bytes(users("a"))
    for contents in (plain, avro_bytes(users("b")), plain):
        send_encrypted_anew(sender, contents)
        ingest()
        if contents == plain and not records(data, "set_aside"):
            set_aside(STEM, data=data)

    assert (guids(data), quarantine_reasons(data)) == (["b"], {NAME: "set_aside"})


@pytest.mark.parametrize("name", [STEM, NAME, LANDED, f"quarantine/{CLIENT}/{DAY}/{NAME}"])
def test_what_is_released_by_its_name_lands_again(
    landed: Sender, ingest: Ingest, release_again: Release, data: Path, name: str
) -> None:
    set_aside(STEM, data=data)

    summary = release_again(name)

    assert (summary.files_landed, summary.statuses) == (1, {"landed": 2})
    assert (guids(data), quarantine_reasons(data)) == (["a", "other"], {})
    assert ingest().statuses == {"landed": 2}


def test_what_had_landed_unlisted_lands_so_again(
    sender: Sender, ingest: Ingest, release_again: Release, data: Path
) -> None:
    sender.send_manifest()
    sender.send_users("a")
    ingest(accept_unlisted=True)
    set_aside(STEM, data=data)

    assert release_again(STEM).statuses == {"landed": 1}
    assert [each["is_unlisted"] for each in records(data, "landed")] == [True, True]


def test_what_is_released_and_fails_is_in_quarantine_as_any_other(
    landed: Sender, ingest: Ingest, release_again: Release, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "g").mkdir(mode=0o700)
    set_aside(STEM, data=data)

    release_again(STEM, keys=Keyring(tmp_path / "g"))

    assert quarantine_reasons(data) == {NAME: "wrong_key"}
    assert release_again().statuses == {"landed": 2}


def test_a_name_releases_nothing_else(
    sender: Sender, ingest: Ingest, release_again: Release, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "g").mkdir(mode=0o700)
    sender.send_users("a")
    sender.send_manifest()
    ingest()
    sender.day = "2026-01-03"
    sender.rows.clear()
    sender.send_users("b")
    manifest = sender.send_manifest()
    ingest(keys=Keyring(tmp_path / "g"))
    set_aside(STEM, data=data)

    assert release_again(manifest.name).statuses == {"quarantined": 1, "landed": 1}
    assert guids(data) == ["b"]


def test_setting_aside_twice_changes_nothing(landed: Sender, data: Path) -> None:
    set_aside(STEM, NAME, data=data)
    before = read_state(data / "ledger")

    summary = set_aside(STEM, data=data)

    after = read_state(data / "ledger")
    assert (after.set_aside, after.results) == (before.set_aside, before.results)
    assert (summary.statuses, len(records(data, "set_aside"))) == (
        {"landed": 1, "quarantined": 1},
        1,
    )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nobody", "nothing of that name"),
        (DAY, "nothing of that name"),
        (CLIENT, "nothing of that name"),
        (f"{CLIENT}.{DAY}.tags.created", "nothing of that name"),
        (LANDED.replace("created", "baseline"), "nothing of that name"),
        (f"{CLIENT}.{DAY}.users.deleted", "one that has not landed"),
        (f"{CLIENT}.{DAY}-manifest.csv.pgp", "a manifest that is not"),
    ],
)
def test_a_name_that_has_not_landed_sets_nothing_aside(
    landed: Sender, ingest: Ingest, data: Path, name: str, found: str
) -> None:
    landed.send_users("bad", event="deleted", Checksum="0" * 64)
    landed.send_manifest()
    ingest()

    with pytest.raises(UnknownNameError, match=rf"{name}: expected a landed .* found {found}; see"):
        set_aside(STEM, name, data=data)
    assert (guids(data), records(data, "set_aside")) == (["a", "other"], [])


@pytest.mark.parametrize(("name", "found"), [(STEM, "one that has landed"), ("x", "nothing of")])
def test_a_name_that_is_not_in_quarantine_releases_nothing(
    landed: Sender, release_again: Release, name: str, found: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"{name}: expected a file in .* found {found}"):
        release_again(name)


def test_what_is_set_aside_can_be_given_up(landed: Sender, ingest: Ingest, data: Path) -> None:
    set_aside(STEM, data=data)

    summary = give_up([STEM], data=data, rules=RULES)

    assert (summary.statuses, summary.alarms) == ({"landed": 1, "given up": 1}, 0)
    assert ingest().alarms == 0


def test_a_landing_that_has_lost_the_file_already_is_set_right(landed: Sender, data: Path) -> None:
    (data / LANDED).unlink()

    set_aside(LANDED, data=data)

    assert quarantine_reasons(data) == {NAME: "set_aside"}


def test_newer_bytes_keep_their_own_verdict(landed: Sender, ingest: Ingest, data: Path) -> None:
    landed.send_users("b", Checksum="0" * 64)
    landed.send_manifest()
    ingest()

    set_aside(STEM, data=data)

    assert (guids(data), quarantine_reasons(data)) == (["other"], {NAME: "checksum"})
    assert ingest().statuses == {"landed": 1, "quarantined": 1}
    facts = facts_of(data / "ledger", now=NEXT_MORNING, settle=RULES.settle)
    assert [each.reason for each in facts.quarantine] == ["checksum"]


def test_bytes_that_newer_ones_have_replaced_are_what_is_in_quarantine(
    landed: Sender, ingest: Ingest, data: Path
) -> None:
    old = (landed.folder / NAME).read_bytes()
    path = landed.send_users("b")
    landed.send_manifest()
    path.write_bytes(path.read_bytes()[:100])
    ingest()

    set_aside(STEM, data=data)

    assert (data / "quarantine" / CLIENT / DAY / NAME).read_bytes() == old
    assert ingest().statuses == {"landed": 1, "waiting": 1}


def test_an_api_is_not_asked_again_for_what_is_set_aside(landed: Sender, data: Path) -> None:
    set_aside(STEM, data=data)
    state, key = read_state(data / "ledger"), key_at(LANDED)
    assert key
    listing = state.listings[key.delivery][key]
    restated = replace(listing, checksum="f" * 64)

    offers = [Offer.of(listed_by_an_api(each)) for each in (listing, restated)]
    with open_state(data / "ledger") as known:
        wanted = choose_wanted(offers, state=known, data=data)

    assert wanted == offers[1:]


def listed_by_an_api(listing: Listing) -> SourceFile:
    return SourceFile(name=NAME, size_bytes=1, listing=listing)


def test_status_and_report_tell_what_is_set_aside_and_the_way_back(
    landed: Sender, data: Path
) -> None:
    set_aside(STEM, data=data)

    now, settle = NEXT_MORNING, RULES.settle
    [day] = days_of(data / "ledger", now=now, settle=settle)
    facts = facts_of(data / "ledger", now=now, settle=settle)

    assert (day.status, day.is_alarm) == ("quarantined", True)
    assert "users created: set_aside" in day_grid(day)
    [file] = facts.quarantine
    assert (file.reason, file.command) == ("set_aside", f"ingest release {NAME}")
    assert "an operator set aside" in file.found
