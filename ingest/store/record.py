"""The shape of a record: which fields a line must have, and what they hold.

Runs, builds and readers ask this module, so that all of them refuse the same lines.
"""

import json
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NoReturn

import orjson

from ingest.delivery.manifest import Listing
from ingest.delivery.names import Event
from ingest.store.facts import What

RESTORE: Final = "restore the file from a backup"
NEWER: Final = "a newer version wrote it: install that version"

_TEXTS: Final = (
    *("recorded_at", "run_id", "what", "client_guid", "snapshot_date", "resource", "event"),
    *("file", "name", "path", "encrypted_sha256", "plain_sha256", "parquet_sha256"),
    *("checksum_of", "manifest_sha256", "key_id", "decoder", "reason", "expected", "found"),
    *("schema_id", "list_sha256", "delivered_name", "plain_as_delivered", "listed_as"),
    *("listed_checksum", "source_checksum", "checksum", "effective_date", "command"),
    *("erasure", "state", "requested_by", "key_check", "replaces_sha256"),
)
_NUMBERS: Final = ("encrypted_bytes", "plain_bytes", "record_count", "part", "source_bytes")
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    **dict.fromkeys(_TEXTS, (str,)),
    **dict.fromkeys(_NUMBERS, (int,)),
    **dict.fromkeys(("source_modified_at", "seconds"), (float, int)),
    **dict.fromkeys(("is_unlisted", "is_unfinished"), (bool,)),
    **dict.fromkeys(("columns", "listed", "failures", "keys"), (list,)),
    **dict.fromkeys(("delivered", "move"), (dict,)),
}
"""The kinds of value that a field may have, in any record."""
_WORDS: Final = {
    **{str: "a text", int: "a whole number", float: "a number"},
    **{bool: "true or false", dict: "an object"},
}

_DAY: Final = ("client_guid", "snapshot_date")
_DAILY_FILE: Final = (*_DAY, "resource", "event", "file")
_BYTES: Final = ("encrypted_bytes", "encrypted_sha256")
_SOURCE: Final = ("name", "source_bytes", "source_modified_at")
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    What.ARCHIVED: (*_DAY, *_BYTES, *_SOURCE),
    What.LISTED: (*_DAY, "listed"),
    What.LANDED: (
        *(*_DAILY_FILE, *_BYTES, "name", "path", "schema_id"),
        *("plain_bytes", "plain_sha256", "record_count"),
    ),
    What.MADE_ANEW: (*_DAILY_FILE, "path", "parquet_sha256"),
    What.WAITING: (*_DAY, "encrypted_sha256"),
    What.QUARANTINED: ("name", "reason"),
    What.GONE: _DAILY_FILE,
    What.SET_ASIDE: (*_DAILY_FILE, "path", "encrypted_sha256", "reason"),
    What.GIVEN_UP: (),
    What.ERASURE: ("erasure", "state"),
    What.ERASED: (*_DAILY_FILE, "erasure", "move"),
    What.SCHEMA: ("schema_id", "columns"),
    What.RUN: (),
}
"""What a record of a kind must say."""
_EVENTS: Final = frozenset(Event)
_LISTING: Final = frozenset(field.name for field in fields(Listing))


class NoRecordError(ValueError):
    """A line is no record: what was expected, what was found, and the next step."""

    def __init__(self, expected: str, found: str, next_step: str = RESTORE) -> None:
        super().__init__(f"expected {expected}, found {found}; {next_step}")


def parse_line(line: bytes) -> Any:
    """Read a line as JSON; ValueError says that it is none.

    A name that is no UTF-8 has lone surrogates, which the faster parser does not take.
    """
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line.decode(), parse_constant=_refuse_constant)


def dump(value: Any) -> str:
    """Write JSON in ASCII or UTF-8, also of names that are no UTF-8."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, default=lambda moment: moment.isoformat())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def read_record(line: bytes) -> dict[str, Any]:
    """Read a line as a record.

    Raises:
        NoRecordError: it is none of ours.
    """
    try:
        record = parse_line(line)
    except ValueError as error:
        found = "zeros, as a power cut leaves them" if b"\0" in line else "none"
        raise NoRecordError("a JSON object", found) from error
    if not isinstance(record, dict):
        raise NoRecordError("a JSON object", "none")
    _check_shape(record)
    _check_values(record)
    for listing in record.get("listed") or ():
        _check_listing(listing)
    return record


def _check_shape(record: dict[str, Any]) -> None:
    what, kinds = record.get("what"), tuple(map(type, record.values()))
    if wrong := _wrong_kind(tuple(record), kinds):
        name, expected = wrong
        raise NoRecordError(f"{expected} as {name}", f"{record[name]!a:.40}")
    if what not in _NEEDED:
        found, next_step = (f"{what!a}", NEWER) if what else ("none", RESTORE)
        raise NoRecordError("what happened", found, next_step)
    if missing := _missing_field(what, tuple(record), kinds):
        raise NoRecordError(f"a record with {missing}", f"one of {what} without it")


# Of a ledger's many records only few differ in which fields they have, and of which kinds.
@lru_cache(maxsize=1 << 12)
def _wrong_kind(names: tuple[str, ...], kinds: tuple[type, ...]) -> tuple[str, str] | None:
    """Name a field that is not what it should be, and say what it should be; null is none."""
    for name, kind in zip(names, kinds, strict=True):
        expected = _KINDS.get(name)
        if expected and kind is not type(None) and kind not in expected:
            return name, _WORDS.get(expected[0], "a list")
    return None


@lru_cache(maxsize=1 << 12)
def _missing_field(what: str, names: tuple[str, ...], kinds: tuple[type, ...]) -> str | None:
    """Name a field that a record must have and has not."""
    pairs = zip(names, kinds, strict=True)
    given = {name for name, kind in pairs if kind is not type(None)}
    needed = ["recorded_at", *_NEEDED[what], *((*_DAY, "event") if "resource" in given else ())]
    if what == What.LISTED and "list_sha256" not in given:
        needed.append("encrypted_sha256")
    if what == What.QUARANTINED:
        needed += [*_DAY, "encrypted_sha256"] if "client_guid" in given else _SOURCE
    if what == What.GIVEN_UP and "name" not in given:
        needed.append("client_guid")
    return next((name for name in needed if name not in given), None)


def _check_values(record: dict[str, Any]) -> None:
    if not _is_moment(record["recorded_at"]):
        raise NoRecordError("a moment as recorded_at", f"{record['recorded_at']!a:.40}")
    if (day := record.get("snapshot_date")) and not _is_date(day):
        raise NoRecordError("a date as snapshot_date", f"{day!a:.40}")
    if (event := record.get("event")) and event not in _EVENTS:
        raise NoRecordError("an event that this version knows", f"{event!a:.40}", NEWER)


def _check_listing(listing: Any) -> None:
    if not isinstance(listing, dict):
        raise NoRecordError("a JSON object for each listed file", "another value")
    if strange := listing.keys() ^ _LISTING:
        raise NoRecordError(f"listed files with {', '.join(sorted(_LISTING))}", min(strange))
    if wrong := _wrong_kind(tuple(listing), tuple(map(type, listing.values()))):
        name, expected = wrong
        raise NoRecordError(f"{expected} as {name} of a listed file", f"{listing[name]!a:.40}")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@lru_cache(maxsize=1 << 12)
def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
