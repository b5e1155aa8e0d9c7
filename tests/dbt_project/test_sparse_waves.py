"""A sparse wave changes one file of each client, and the waves hold every kind of change."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest

from ingest.delivery.names import DailyFile, Event
from tests.dbt_project.landing import FIRST_DAY, Rows
from tests.dbt_project.oracle import OWNERS, events_by_key
from tests.dbt_project.sparse_waves import (
    Files,
    brings_last_events,
    draw_sparse_wave,
    files_of,
    shown_keys,
)
from tests.dbt_project.test_laws import SPARSE_WAVES, WAVES, WORLDS
from tests.dbt_project.worlds import DAYS, draw_waves


class Change(NamedTuple):
    """One file of a client, and all its files before and after that file changed."""

    file: DailyFile
    before: Files
    after: Files

    def rows(self) -> tuple[Rows, Rows]:
        """Give the file's rows before and after."""
        return self.before.get(self.file, []), self.after[self.file]

    def shown(self) -> tuple[set[str], set[str]]:
        """Give the resources of which keys came to be shown, and to be hidden."""
        before, after = shown_keys(self.before), shown_keys(self.after)
        return {name for name, _ in after - before}, {name for name, _ in before - after}


@pytest.fixture(scope="module")
def waves() -> list[list[Change]]:
    """Draw sparse waves after dense ones, as the law test does."""
    random = Random(7)  # noqa: S311 - no secret - repeatable
    dense = draw_waves(random, clients=WORLDS, waves=WAVES)
    landed = {arrival.file: arrival for wave in dense for arrival in wave}
    waves = []
    for _ in range(SPARSE_WAVES):
        before = files_of(landed.values())
        landed |= {arrival.file: arrival for arrival in draw_sparse_wave(random, landed)}
        waves.append(_changes(before, files_of(landed.values())))
    return waves


def _changes(before: Files, after: Files) -> list[Change]:
    changed = [file for file in after if before.get(file) != after[file]]
    return [Change(file, _of_client(before, file), _of_client(after, file)) for file in changed]


def _of_client(files: Files, changed: DailyFile) -> Files:
    client = changed.delivery.client_guid
    return {file: rows for file, rows in files.items() if file.delivery.client_guid == client}


def _is_restated(change: Change) -> bool:
    before, after = change.rows()
    return bool(before and after) and not any(row in before for row in after)


def _is_emptied(change: Change) -> bool:
    before, after = change.rows()
    return bool(before) and not after


def _has_rows_withdrawn(change: Change) -> bool:
    before, after = change.rows()
    return 0 < len(after) < len(before) and all(row in before for row in after)


def _is_late(change: Change) -> bool:
    middle = FIRST_DAY + timedelta(days=DAYS // 2)
    return change.file not in change.before and change.file.delivery.snapshot_date < middle


def _deletes_an_owner_and_hides_what_it_owns(change: Change) -> bool:
    _, hidden = change.shown()
    return change.file.event == Event.DELETED and len(hidden) > 1


def _brings_an_owner_back_and_what_it_owns(change: Change) -> bool:
    shown, _ = change.shown()
    return _is_emptied(change) and change.file.event == Event.DELETED and len(shown) > 1


def _restates_what_decided_one_key_and_not_another(change: Change) -> bool:
    return _is_restated(change) and brings_last_events(change.before, change.file) == {True, False}


def _takes_the_only_row_of_a_key(change: Change) -> bool:
    resource = change.file.resource
    left = events_by_key(change.after, resource)
    return _is_emptied(change) and len(left) < len(events_by_key(change.before, resource))


def _moves_a_key_between_owners_that_are_hidden_and_shown(change: Change) -> bool:
    before, after = change.rows()
    owners = dict.fromkeys(OWNERS[change.file.resource], "")
    same_but_for_owners = [row | owners for row in before] == [row | owners for row in after]
    return same_but_for_owners and any(change.shown())


CASES = [
    _is_restated,
    _is_emptied,
    _has_rows_withdrawn,
    _is_late,
    _deletes_an_owner_and_hides_what_it_owns,
    _brings_an_owner_back_and_what_it_owns,
    _restates_what_decided_one_key_and_not_another,
    _takes_the_only_row_of_a_key,
    _moves_a_key_between_owners_that_are_hidden_and_shown,
]


def test_a_sparse_wave_changes_one_file_of_each_client(waves: list[list[Change]]) -> None:
    clients = [sorted(change.file.delivery.client_guid for change in wave) for wave in waves]

    assert clients == [[f"CLT-00000000-0000-0000-0000-{n:012}" for n in range(WORLDS)]] * len(waves)


@pytest.mark.parametrize("case", CASES, ids=[case.__name__.lstrip("_") for case in CASES])
def test_each_sparse_wave_holds_each_kind_of_change(
    case: Callable[[Change], bool], waves: list[list[Change]]
) -> None:
    assert [any(case(change) for change in wave) for wave in waves] == [True] * SPARSE_WAVES


def test_a_sparse_wave_is_the_same_whenever_it_is_drawn() -> None:
    landed = {
        arrival.file: arrival
        for wave in draw_waves(Random(7), clients=2, waves=1)  # noqa: S311 - no secret - repeatable
        for arrival in wave
    }

    first, second = (draw_sparse_wave(Random(7), landed) for _ in range(2))  # noqa: S311 - no secret

    assert first == second
