"""A damaged file of the landing is made anew from the archive alone."""

import os
from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.operations import make_anew
from ingest.store.ledger import read_records
from ingest.warehouse.replay import verify_files
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.landing.damages import (
    ARCHIVED,
    DAMAGES,
    LANDED,
    NAME,
    NAMED,
    Damaging,
    flip,
    whole,
)
from tests.support.receiver import Receiver
from tests.support.sender import Sender
from tests.support.status import RULES


@pytest.mark.parametrize("damage", [*DAMAGES, Path.unlink], ids=NAMED)
def test_a_landed_file_is_made_anew_from_the_archive_alone(
    landed: Sender, data: Path, keyring: Keyring, damage: Damaging
) -> None:
    content = (data / LANDED).read_bytes()
    damage(data / LANDED)
    for path in landed.folder.iterdir():
        path.unlink()

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert (checked.made_anew, checked.damaged) == (1, [])
    assert ((data / LANDED).read_bytes(), (data / LANDED).stat().st_mode & 0o777) == (
        content,
        0o600,
    )
    assert whole(verify_files(data)) == (2, 3, 0, [])
    [record] = [each for each in read_records(data / "ledger") if each["what"] == "made_anew"]
    assert (record["path"], record["resource"]) == (LANDED, "users")


def test_what_is_whole_is_not_made_anew(landed: Sender, data: Path, keyring: Keyring) -> None:
    before = (data / LANDED).stat()

    assert make_anew(data=data, keyring=keyring, rules=RULES).made_anew == 0
    assert (data / LANDED).stat() == before


def test_bytes_that_newer_ones_have_replaced_are_found_for_it(
    landed: Sender, ingest: Ingest, data: Path, keyring: Keyring
) -> None:
    landed.send_users("b", Checksum="0" * 64)
    landed.send_manifest()
    ingest()
    flip(data / LANDED)

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert (checked.made_anew, checked.damaged) == (1, [])
    assert [row["guid"] for row in landed_rows(data)] == ["a", "other"]
    assert quarantine_reasons(data) == {NAME: "checksum"}
    assert ingest().statuses == {"landed": 1, "quarantined": 1}


def test_a_file_that_the_archive_has_lost_too_is_said_to_be_lost(
    landed: Sender, data: Path, keyring: Keyring
) -> None:
    flip(data / LANDED)
    flip(data / ARCHIVED)
    os.utime((data / ARCHIVED).parent, (0, 0))  # no run has just put anything there

    checked = make_anew(data=data, keyring=keyring, rules=RULES)

    assert checked.made_anew == 0
    assert [each.path for each in checked.damaged] == [LANDED, ARCHIVED]
    assert "it cannot be made anew, as the archive no longer has its bytes" in checked.text()


def test_a_key_that_does_not_open_it_is_an_error_of_the_key(
    landed: Sender, data: Path, receiver_key: Receiver, keyring: Keyring, tmp_path: Path
) -> None:
    flip(data / LANDED)
    (tmp_path / "g").mkdir(mode=0o700)

    checked = make_anew(data=data, keyring=Keyring(tmp_path / "g"), rules=RULES)

    assert "it cannot be made anew from" in checked.text()
    assert "wrong_key" in checked.text()
    assert make_anew(data=data, keyring=keyring, rules=RULES).made_anew == 1
