"""Sparse waves: one file of each client changes, so nothing else brings its keys up to date."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from random import Random

from ingest.delivery.names import DailyFile, Event
from tests.dbt_project import oracle
from tests.dbt_project.landing import Rows, daily_file
from tests.dbt_project.oracle import OWNERS, RANKS, Key
from tests.dbt_project.worlds import DAYS, GUIDS, Arrival, draw_row, with_extra

EARLY_DAYS = range(1, DAYS // 2 + 1)
Arrivals = list[Arrival]
Files = dict[DailyFile, Rows]


def draw_sparse_wave(random: Random, landed: Mapping[DailyFile, Arrival]) -> Arrivals:
    """Change one file of each client: the kinds of change are dealt out among the clients."""
    of_clients: dict[str, Arrivals] = defaultdict(list)
    for arrival in landed.values():
        of_clients[arrival.file.delivery.client_guid].append(arrival)
    kinds = random.sample(KINDS, len(KINDS))
    wave = []
    for arrivals in of_clients.values():
        random.shuffle(arrivals)
        kind, change = next((kind, change) for kind in kinds for change in kind(random, arrivals))
        kinds.remove(kind)  # a kind that this client has no file for is the next client's
        kinds.append(kind)
        wave.append(change)
    return wave


def files_of(arrivals: Iterable[Arrival]) -> Files:
    """Give the rows of each file, as the oracle takes them."""
    return {arrival.file: arrival.rows for arrival in arrivals}


def shown_keys(files: Files) -> set[tuple[str, Key]]:
    """Give the keys that `main` shows, each with its resource."""
    return {(resource, key) for resource in OWNERS for key in oracle.live_rows(files, resource)}


def brings_last_events(files: Files, file: DailyFile) -> set[bool]:
    """Say of the keys in a file whether their last event is in that file."""
    return {
        of_key[-1].file == file.stem
        for of_key in oracle.events_by_key(files, file.resource).values()
        if file.stem in {event.file for event in of_key}
    }


def _restate(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    return (_with_other_rows(random, each) for each in arrivals if each.rows)


def _restate_half_superseded(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Restate a file that holds the last event of one of its keys, and not of another."""
    files = files_of(arrivals)
    for arrival in arrivals:
        if brings_last_events(files, arrival.file) == {True, False}:
            yield _with_other_rows(random, arrival)


def _empty(_random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    return (replace(each, rows=[]) for each in arrivals if each.rows)


def _empty_of_an_only_row(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Empty a file that holds the only row of a key."""
    files = files_of(arrivals)
    for change in _empty(random, arrivals):
        resource = change.file.resource
        left = oracle.events_by_key(files | {change.file: []}, resource)
        if len(left) < len(oracle.events_by_key(files, resource)):
            yield change


def _withdraw(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    return (
        replace(each, rows=[random.choice(each.rows)]) for each in arrivals if len(each.rows) > 1
    )


def _come_late(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Bring a file of an early day that has not come yet."""
    landed, client = files_of(arrivals), _client(arrivals)
    names = [f"{resource}.{event}" for resource in OWNERS for event in RANKS]
    files = [daily_file(name, day=day, client=client) for name in names for day in EARLY_DAYS]
    for file in random.sample(files, len(files)):
        if file not in landed:
            yield _with_other_rows(random, Arrival(file=file, rows=[], extra=None))


def _delete_an_owner(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Delete a key on the last day, where that hides keys of another resource as well."""
    landed, files = {each.file: each for each in arrivals}, files_of(arrivals)
    before = shown_keys(files)
    pairs = [(resource, guid) for resource in OWNERS for guid in GUIDS]
    for resource, guid in random.sample(pairs, len(pairs)):
        file = daily_file(f"{resource}.deleted", day=DAYS, client=_client(arrivals))
        arrival = landed.get(file, Arrival(file=file, rows=[], extra=None))
        rows = [*arrival.rows, draw_row(random, resource) | {"guid": guid}]
        if _are_of_several(before - shown_keys(files | {file: rows})):
            yield replace(arrival, rows=rows)


def _take_a_delete_back(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Empty a delete file, where that shows a key again and what it owns."""
    files = files_of(arrivals)
    before = shown_keys(files)
    for change in _empty(random, [each for each in arrivals if each.file.event == Event.DELETED]):
        if _are_of_several(shown_keys(files | {change.file: []}) - before):
            yield change


def _move_a_key(random: Random, arrivals: Arrivals) -> Iterator[Arrival]:
    """Give one of a file's rows another owner, where only one of the two shows the row."""
    files = files_of(arrivals)
    before = shown_keys(files)
    for arrival in arrivals:
        for change in _with_other_owners(random, arrival):
            if shown_keys(files | {change.file: change.rows}) != before:
                yield change


def _with_other_owners(random: Random, arrival: Arrival) -> Iterator[Arrival]:
    for number, column in product(range(len(arrival.rows)), OWNERS[arrival.file.resource]):
        row, rows = arrival.rows[number], [*arrival.rows]
        if row[column]:
            others = [guid for guid in GUIDS if guid != row[column]]
            rows[number] = row | {column: random.choice(others)}
            yield replace(arrival, rows=rows)


KINDS: list[Callable[[Random, Arrivals], Iterator[Arrival]]] = [
    _restate,
    _restate_half_superseded,
    _empty,
    _empty_of_an_only_row,
    _withdraw,
    _come_late,
    _delete_an_owner,
    _take_a_delete_back,
    _move_a_key,
]


def _client(arrivals: Arrivals) -> str:
    return arrivals[0].file.delivery.client_guid


def _are_of_several(keys: set[tuple[str, Key]]) -> bool:
    return len({resource for resource, _ in keys}) > 1


def _with_other_rows(random: Random, arrival: Arrival) -> Arrival:
    rows = [draw_row(random, arrival.file.resource) for _ in range(random.randint(1, 2))]
    return with_extra(random, replace(arrival, rows=rows, extra=None), arrival.extra)
