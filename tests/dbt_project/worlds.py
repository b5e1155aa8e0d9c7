"""Random worlds: what many clients' files held, and in what order they came."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow as pa

from ingest.delivery.names import DailyFile, Event
from tests.dbt_project.landing import Landing, Rows, daily_file
from tests.dbt_project.oracle import OWNERS, RANKS

DAYS = 5
GUIDS = ("1", "2", "3")
EXTRAS = (None, pa.int32(), pa.int64(), pa.float64())


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One version of a file, as it lands."""

    file: DailyFile
    rows: Rows
    extra: pa.DataType | None

    def land(self, landing: Landing) -> None:
        """Land it, in place of an earlier version."""
        names = ["guid", "note", *OWNERS[self.file.resource]]
        fields: dict[str, pa.DataType] = {name: pa.string() for name in names}
        if self.extra:
            fields["extra"] = self.extra
        landing.land(self.file, self.rows, schema=fields)


def draw_waves(random: Random, *, clients: int, waves: int) -> list[list[Arrival]]:
    """Draw files, some of them twice with other rows and some the same again, in any order.

    The first wave knows no `extra`: it comes, and its type grows, while the tables stand.
    """
    arrivals = [
        arrival
        for client in range(clients)
        for arrival in _draw_files(random, f"CLT-00000000-0000-0000-0000-{client:012}")
    ]
    random.shuffle(arrivals)
    arrivals += random.sample(arrivals, len(arrivals) // 10)
    drawn = [arrivals[wave::waves] for wave in range(waves)]
    return [
        [with_extra(random, arrival, EXTRAS[min(wave, 3)]) for arrival in of_wave]
        for wave, of_wave in enumerate(drawn)
    ]


def _draw_files(random: Random, client: str) -> Iterator[Arrival]:
    for resource in OWNERS:
        for event in RANKS:
            for day in range(1, DAYS + 1):
                for part in _draw_parts(random, event):
                    file = daily_file(f"{resource}.{event}", day=day, client=client, part=part)
                    rows = [draw_row(random, resource) for _ in range(random.randint(0, 2))]
                    yield Arrival(file=file, rows=rows, extra=None)


def _draw_parts(random: Random, event: str) -> list[int]:
    """Draw which files come of an event, each as often as it is named: a baseline in parts."""
    if event != Event.BASELINE:
        return [1] * random.choice([0, 0, 1, 1, 2])
    return [random.randint(1, 3) for _ in range(random.choice([0, 0, 0, 1, 2, 4]))]


def draw_row(random: Random, resource: str) -> dict[str, Any]:
    """Draw a row of any key, or of none, and of any owners."""
    owners = {column: random.choice([None, *GUIDS]) for column in OWNERS[resource]}
    guid = random.choice([None, *GUIDS, *GUIDS])
    return {"guid": guid, "note": f"{random.random()}", **owners}


def with_extra(random: Random, arrival: Arrival, extra: pa.DataType | None) -> Arrival:
    """Give rows the field `extra` of a type, or leave them without it."""
    if extra is None or random.random() < 0.5:
        return arrival
    number = float if extra == pa.float64() else int
    rows = [row | {"extra": number(random.randint(0, 99))} for row in arrival.rows]
    return Arrival(file=arrival.file, rows=rows, extra=extra)
