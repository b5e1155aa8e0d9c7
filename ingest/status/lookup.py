"""Find the landed or rejected file, the day or the client that an operator names."""

import re
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from ingest.delivery.names import (
    DailyFile,
    Delivery,
    ManifestFile,
    parse_kept_name,
    parse_kept_stem,
    spell_client,
)
from ingest.errors import UnknownNameError
from ingest.store.index.known import DayState
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import known_clients
from ingest.store.keys_and_paths import FileKey, key_at, key_of, subject

MOST_NAMED: Final = 3
_DAY = re.compile(r"(?:(?P<client>(?i:CLT)-[^./]+)[./])?(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})")


def find_client(name: str, *, state: LedgerState) -> str:
    """Find a client by its GUID in any case.

    Raises:
        UnknownNameError: nothing of it was ever listed or delivered.
    """
    known = known_clients(state)
    if (client_guid := spell_client(name)) in known:
        return client_guid
    there = ", ".join(sorted(known)[:MOST_NAMED]) or "none yet"
    more = f", and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    raise UnknownNameError(
        f"--client: expected a client of which something has come ({there}{more}), found {name!a}"
    )


def find_landed(name: str, *, state: LedgerState) -> FileKey:
    """Find a landed file, or one that was set aside.

    Args:
        name: as delivered, with or without extension, or the path of its Parquet file.

    Raises:
        UnknownNameError: no such file has landed.
    """
    meant = _parse(name)
    if isinstance(meant, FileKey):
        file = state.file(meant)
        if file.landed or file.set_aside:
            return meant
    raise UnknownNameError(
        f"{name}: expected a landed file, by its name or the path of its Parquet file, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def find_quarantined(name: str, *, state: LedgerState) -> FileKey | Delivery:
    """Find a file in quarantine, or the delivery whose manifest is there.

    Args:
        name: as `find_landed` takes it, or a path that ends in it.

    Raises:
        UnknownNameError: no such file is in quarantine.
    """
    meant = _parse(name)
    if meant:
        known = state.file(meant) if isinstance(meant, FileKey) else state.day(meant)
        if known.result and known.result.is_quarantined:
            return meant
    raise UnknownNameError(
        f"{name}: expected a file in quarantine, by its name, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def _parse(name: str) -> FileKey | Delivery | None:
    if key := key_at(name):
        return key
    last = PurePath(name).name
    file = parse_kept_name(last) or parse_kept_stem(last)
    if file is None:
        return None
    return file.delivery if isinstance(file, ManifestFile) else key_of(file)


def _found(meant: FileKey | Delivery | None, state: LedgerState) -> str:
    if meant is None:
        return "nothing of that name"
    if isinstance(meant, Delivery):
        return "a manifest that is not" if state.day(meant).manifest else "nothing of that name"
    file = state.file(meant)
    if file.landed:
        return "one that has landed"
    return "one that has not landed" if file.archived else "nothing of that name"


def find_subjects(name: str, *, state: LedgerState) -> list[dict[str, Any]]:
    """Give the ledger's facts of what is meant: a file, a day (of one client or all), a client.

    Raises:
        UnknownNameError: the ledger knows nothing of that name.
    """
    clients = known_clients(state)
    if name in state.bad_names:
        return [{"name": name}]
    if meant := {name, spell_client(name)} & clients:
        return [{"client_guid": client} for client in sorted(meant)]
    if day := _DAY.fullmatch(name):
        snapshot_date = _date(day["date"])
        client = day["client"]
        named = {client, spell_client(client)} & clients if client else clients
        if named and snapshot_date:
            return [
                subject(
                    ManifestFile(delivery=Delivery(client_guid=client, snapshot_date=snapshot_date))
                )
                for client in sorted(named)
            ]
    file = parse_kept_name(name) or parse_kept_stem(name)
    if isinstance(file, ManifestFile) and _is_known(state.day(file.delivery)):
        return [subject(file)]
    if isinstance(file, DailyFile) and state.file(key_of(file)).is_known:
        return [subject(file)]
    raise UnknownNameError(
        f"{name}: expected the name of a known file, a day (2026-01-31, or CLT-.../2026-01-31) "
        "or a client, found nothing of that name; see: ingest status"
    )


def _is_known(day: DayState) -> bool:
    is_any_file_known = any(file.is_known for file in day.files.values())
    return day.manifest is not None or day.is_listed or is_any_file_known


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
