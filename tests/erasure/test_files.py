"""An erased file stays the file that came, however it came and whatever its standing is."""

from pathlib import Path

import pytest

from ingest.openpgp.keyring import Keyring
from ingest.operations import release, set_files_aside
from ingest.warehouse.replay import verify_files
from sample.send.armour import Bodies
from tests.conftest import Ingest
from tests.erasure.conftest import (
    OTHERS_USER,
    PERSONS_USER,
    USERS,
    Erase,
    landed,
    send,
    traces,
)
from tests.support import faulty
from tests.support.api import Api
from tests.support.reporting_api import LIST
from tests.support.sender import Sender, avro_bytes
from tests.support.status import RULES

OTHERS = [OTHERS_USER["guid"]]


def guids(data: Path) -> list[str]:
    return [row["guid"] for row in landed(data, "users")]


@pytest.mark.parametrize("checksum", [None, "crc32:9ae0daaf"])
@pytest.mark.parametrize("bodies", ["pgp", "plain"])
def test_an_api_lists_it_on_and_nothing_is_fetched(
    sender: Sender,
    erase_person: Erase,
    data: Path,
    keyring: Keyring,
    bodies: Bodies,
    checksum: str | None,
) -> None:
    """The list has the checksum of the file as it came."""
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    sender.send_manifest()
    api = Api(folder=sender.folder, data=data, keyring=keyring, bodies=bodies)
    if checksum:
        odd = {"checksum": checksum}
        api.faults.plan_always(faulty.edited_list(lambda rows: [r | odd for r in rows]), on=LIST)
    assert api.pull().alarms == 0

    erase_person()

    again = api.pull()
    assert (again.files_landed, again.alarms, again.statuses) == (0, 0, {"landed": 1})
    assert (guids(data), traces(data, keyring)) == (OTHERS, {})
    assert verify_files(data).damaged == []


def test_a_file_that_no_manifest_lists_stays_landed(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    assert ingest(accept_unlisted=True).files_landed == 1

    erase_person()

    assert (guids(data), traces(data, keyring)) == (OTHERS, {})
    assert ingest().statuses == {"landed": 1}
    assert verify_files(data).damaged == []


def test_a_file_that_was_set_aside_stays_aside_and_can_be_released(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    send(sender, USERS, PERSONS_USER, event="updated")
    sender.send_manifest()
    ingest()
    name = sender.stem()
    set_files_aside([name], data=data, rules=RULES)

    outcome = erase_person()

    assert (outcome.copies, traces(data, keyring)) == (2, {})
    assert ingest().statuses == {"landed": 1, "quarantined": 1}
    release([name], data=data, keyring=keyring, rules=RULES)
    assert (guids(data), traces(data, keyring)) == (OTHERS, {})
    assert ingest().statuses == {"landed": 2}
    assert verify_files(data).damaged == []


def test_files_of_one_stem_lose_the_user_both(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    other = sender.folder / f"{sender.stem()}.gpg"
    sender.encrypt(avro_bytes([PERSONS_USER], schema=USERS), other)
    sender.send_manifest()
    ingest()

    erase_person()

    assert (guids(data), traces(data, keyring)) == (OTHERS, {})
    for path in sender.folder.iterdir():
        path.touch()
    assert ingest().statuses == {"landed": 1}
    assert traces(data, keyring) == {}


def test_a_file_that_the_archive_lost_comes_again_without_the_user(
    sender: Sender, ingest: Ingest, erase_person: Erase, data: Path, keyring: Keyring
) -> None:
    send(sender, USERS, OTHERS_USER, PERSONS_USER)
    sender.send_manifest()
    ingest()
    erase_person()
    [path] = (data / "archive").rglob("*.users.created.*")
    path.unlink()

    again = ingest()

    assert (again.files_landed, again.alarms) == (1, 0)
    assert (guids(data), traces(data, keyring)) == (OTHERS, {})
    assert verify_files(data).damaged == []
