"""An operator names a file, a day or a client as it is known somewhere, and in any case."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.delivery.names import DailyFile, parse_kept_stem
from ingest.errors import UnknownNameError
from ingest.status.lookup import find_landed, find_quarantined, find_subjects
from ingest.store.index.catch_up import open_state
from ingest.store.index.state import LedgerState
from ingest.store.keys_and_paths import FileKey, key_of
from tests.conftest import Ingest
from tests.support.sender import CLIENT, DAY, Sender

LANDED = f"{CLIENT}.{DAY}.users.created"
REJECTED = f"{CLIENT}.{DAY}.users.deleted"


def key_of_stem(stem: str) -> FileKey:
    file = parse_kept_stem(stem)
    assert isinstance(file, DailyFile)
    return key_of(file)


@pytest.fixture
def state(sender: Sender, ingest: Ingest, data: Path) -> Iterator[LedgerState]:
    """One file has landed, another one is in quarantine."""
    sender.send_users("a")
    sender.send_users("b", event="deleted", Checksum="0" * 64)
    sender.send_manifest()
    ingest()
    with open_state(data / "ledger") as state:
        yield state


@pytest.mark.parametrize(
    "name",
    [
        LANDED,
        f"{LANDED}.avro.pgp",
        f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet",
    ],
)
def test_a_landed_file_is_found_by_its_name_or_path(state: LedgerState, name: str) -> None:
    assert find_landed(name, state=state) == key_of_stem(LANDED)


@pytest.mark.parametrize("name", [REJECTED, f"{REJECTED}.avro.pgp", f"quarantine/x/{REJECTED}"])
def test_a_file_in_quarantine_is_found_by_its_name_or_path(state: LedgerState, name: str) -> None:
    found = find_quarantined(name, state=state)

    assert found == key_of_stem(REJECTED)


@pytest.mark.parametrize(
    ("find", "name", "found"),
    [
        (find_landed, REJECTED, "one that has not landed"),
        (find_landed, LANDED.replace("users", "tags"), "nothing of that name"),
        (find_quarantined, LANDED, "one that has landed"),
        (find_quarantined, "CLT-nobody", "nothing of that name"),
    ],
)
def test_another_name_is_refused_with_what_it_means(
    state: LedgerState, find: Callable[..., object], name: str, found: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"found {found}; see: ingest status"):
        find(name, state=state)


DAY_OF_CLIENT = {"client_guid": CLIENT, "snapshot_date": DAY}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        (CLIENT, {"client_guid": CLIENT}),
        (CLIENT.upper(), {"client_guid": CLIENT}),
        (DAY, DAY_OF_CLIENT),
        (f"{CLIENT}/{DAY}", DAY_OF_CLIENT),
        (LANDED, DAY_OF_CLIENT | {"resource": "users", "event": "created", "file": LANDED}),
    ],
)
def test_a_client_a_day_or_a_file_can_be_named(
    state: LedgerState, name: str, subject: dict[str, Any]
) -> None:
    assert find_subjects(name, state=state) == [subject]


@pytest.mark.parametrize("name", ["2026-02-30", "1999-01-01x", f"{CLIENT}x/{DAY}", "users"])
def test_a_name_of_nothing_is_refused(state: LedgerState, name: str) -> None:
    with pytest.raises(UnknownNameError, match="found nothing of that name"):
        find_subjects(name, state=state)
