"""The life of a record, and its events on a day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from ingest.delivery.names import Event
from sample.world.draw import dice, roll

Row = dict[str, Any]
Change = tuple[Event, Row]

DAY_S = 86_400
DRIFT_DAY = 2
"""From this day on users have one field more, and two fields are wider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One snapshot date of the world."""

    index: int
    """0 for the first day of the feed; older days were never delivered."""
    date: date
    midnight: int
    """Epoch seconds of its start, UTC."""

    def at(self, fraction: float, *, days: int = 0) -> int:
        """Return a moment of this day, or of another day, in epoch seconds."""
        return self.midnight + int((days + fraction) * DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The key of a record and its days; every draw about the record starts from the key."""

    guid: str
    born: int
    ended: int | None = None
    back: int | None = None
    """The day on which it is created again after its delete."""

    def is_alive(self, day: int) -> bool:
        """Say whether the record exists on some part of a day."""
        if self.ended is None or day <= self.ended:
            return day >= self.born
        return self.back is not None and day >= self.back


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event of one record, on which its row may depend."""

    life: Life
    day: Day
    number: int
    """0 for the creation, then one more for each change of that day."""

    @property
    def random(self) -> Random:
        """Draws that differ from event to event."""
        return dice(self.life.guid, self.day.index, self.number)

    @property
    def own(self) -> Random:
        """Draws that stay the same for all events of the record."""
        return dice(self.life.guid)

    @property
    def created_at(self) -> int:
        born = self.life.born - self.day.index
        return self.day.at(roll(self.life.guid, "born") / 4, days=born)

    @property
    def happened_at(self) -> int:
        return self.day.at(0.25 + self.number / 8 + roll(self.life.guid, self.day.index) / 8)

    @property
    def revision(self) -> int:
        return 1 + (self.day.index - self.life.born) * 8 + self.number


Build = Callable[[Moment], Row]


def live_all(lives: Iterable[Life], day: Day, build: Build, *, pace: float) -> Iterator[Change]:
    """Yield the events of records of one kind on a day.

    Args:
        build: makes the row of one event, to which common keys and times are added.
        pace: the probability of a change on a day.
    """
    for life in lives:
        yield from _live(life, day, build, pace=pace)


def deleted(row: Row) -> Row:
    """Empty a row as MX does in a deleted file; a few rows keep their values."""
    if roll(row["guid"], "stays full") < 0.1:
        return row | {"deleted_at": row["updated_at"]}
    kept = {name: row.get(name) for name in ("guid", "user_guid")}
    return kept | {"deleted_at": row["updated_at"]}


def _live(life: Life, day: Day, build: Build, *, pace: float) -> Iterator[Change]:
    number = 0
    if day.index == life.born or day.index == life.back:
        yield Event.CREATED, _row(Moment(life=life, day=day, number=0), build)
    if not life.is_alive(day.index):
        return
    for number in range(1, 1 + _updates(life, day, pace)):
        yield Event.UPDATED, _row(Moment(life=life, day=day, number=number), build)
    if day.index == life.ended:
        yield Event.DELETED, deleted(_row(Moment(life=life, day=day, number=number + 1), build))


def _updates(life: Life, day: Day, pace: float) -> int:
    if life.born == day.index == life.ended:
        return 1
    chance = roll(life.guid, day.index, "updates")
    if chance >= pace:
        return 0
    return 3 if chance < pace / 10 else 1


def _row(moment: Moment, build: Build) -> Row:
    common = {
        "guid": moment.life.guid,
        "created_at": moment.created_at,
        "updated_at": moment.happened_at,
        "revision": moment.revision,
    }
    return common | build(moment)
