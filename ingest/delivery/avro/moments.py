"""The Arrow types of dates, times and timestamps, and the values that every reader takes.

DuckDB cannot read a Parquet file with a time outside the day, or with a timestamp that overflows
microseconds. It shows other far values as infinity. Python and Spark end at the year 9999.
So dates and timestamps land in the years 1 to 9999, and times within a day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from ingest.delivery.avro.rows import unfit_row
from ingest.errors import RejectedError

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a local timestamp has no zone
_DAY_S: Final = 86_400
_FIRST_S: Final = (date.min - _EPOCH.date()).days * _DAY_S
_END_S: Final = ((date.max - _EPOCH.date()).days + 1) * _DAY_S
_NANOS_MOST: Final = (1 << 63) - 2
"""Nanoseconds in 64 bits end in 2262. DuckDB reads the greatest and the least as infinity."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One logical type of time."""

    arrow: pa.DataType
    least: int
    most: int
    """The values that land, inclusive, in the unit of the Arrow type since 1970 or midnight."""
    digits: int = 0
    """The digits of a second's fraction."""

    def rejected(self) -> RejectedError:
        """Make the error for a value that is not landed."""
        bounds = "within a day" if pa.types.is_time(self.arrow) else "in the years 1 to 9999"
        return unfit_row(f"a {self.arrow} {bounds}", "another")

    def to_text(self, value: int) -> str:
        """Write a value as ISO 8601, with all digits of its unit."""
        if pa.types.is_date(self.arrow):
            return (_EPOCH.date() + timedelta(days=value)).isoformat()
        seconds, fraction = divmod(value, 10**self.digits)
        text = f"{(_EPOCH + timedelta(seconds=seconds)).isoformat()}.{fraction:0{self.digits}}"
        if pa.types.is_time(self.arrow):
            return text.partition("T")[2]
        return f"{text}Z" if self.arrow.tz else text


def _time(arrow: pa.DataType, digits: int) -> Moment:
    return Moment(arrow, 0, _DAY_S * 10**digits - 1, digits)


def _timestamp(unit: str, digits: int, zone: str | None = None) -> Moment:
    least, most = _FIRST_S * 10**digits, _END_S * 10**digits - 1
    arrow = pa.timestamp(unit, zone)
    return Moment(arrow, max(least, -_NANOS_MOST), min(most, _NANOS_MOST), digits)


MOMENTS: Final = {
    ("int", "date"): Moment(pa.date32(), _FIRST_S // _DAY_S, _END_S // _DAY_S - 1),
    ("int", "time-millis"): _time(pa.time32("ms"), 3),
    ("long", "time-micros"): _time(pa.time64("us"), 6),
    ("long", "timestamp-millis"): _timestamp("ms", 3, "UTC"),
    ("long", "timestamp-micros"): _timestamp("us", 6, "UTC"),
    ("long", "timestamp-nanos"): _timestamp("ns", 9, "UTC"),
    ("long", "local-timestamp-millis"): _timestamp("ms", 3),
    ("long", "local-timestamp-micros"): _timestamp("us", 6),
    ("long", "local-timestamp-nanos"): _timestamp("ns", 9),
}
"""By base type and logical type (Avro 1.12, "Logical Types"); on another base it is ignored."""

_BY_ARROW: Final = {moment.arrow: moment for moment in MOMENTS.values()}


def check_moments(column: pa.Array, kind: pa.DataType) -> None:
    """Check a column of integers that will land as dates or times, or as lists of them.

    Raises:
        RejectedError: a value is not landed.
    """
    if pa.types.is_list(kind):
        return check_moments(column.flatten(), kind.value_type)
    if (moment := _BY_ARROW.get(kind)) is None:
        return None
    import pyarrow.compute as pc  # its import takes longer than most files

    bounds: dict[str, Any] = pc.min_max(column).as_py()
    if bounds["min"] is not None and not moment.least <= bounds["min"] <= bounds["max"] <= (
        moment.most
    ):
        raise moment.rejected()
    return None
