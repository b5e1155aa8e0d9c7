"""A one-time snapshot as a source: each file of it under the name that the archive gives it."""

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, BinaryIO

from ingest.delivery.baseline import client_in, resource_in_name, resource_in_schema
from ingest.delivery.names import LAST_PART, Delivery, Event, baseline_file
from ingest.errors import SettingsError, SourceError
from ingest.receive.sources import Source, SourceFile
from ingest.store.index.known import DayState
from ingest.store.index.state import LedgerState
from ingest.store.index.totals import known_clients, known_resources
from ingest.store.keys_and_paths import FileKey

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options of `ingest baseline`."""

    snapshot_date: date
    """Its rows were there before the first event of this day."""
    client: str | None
    """Whose it is; None if its files or what has come before are to tell."""
    address: str
    """MX_SOURCE, in which a client may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A source whose files have the names of a baseline's; any other file is left out."""

    source: Source
    delivered_names: Mapping[str, str]
    """By the name in the archive: the name in the source."""

    def list_files(self) -> list[SourceFile]:
        names = {theirs: ours for ours, theirs in self.delivered_names.items()}
        return [
            replace(each, name=names[each.name], delivered_name=each.name)
            for each in self.source.list_files()
            if each.name in names
        ]

    def open_file(self, name: str, *, offset: int) -> AbstractContextManager[BinaryIO]:
        return self.source.open_file(self.delivered_names[name], offset=offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files of a baseline that were found in a source, and the others."""

    baseline: Baseline
    failures: list[SourceError]
    """Files of which nothing tells what they are."""
    left_alone: int
    """Files that are no data at all."""


def find_baseline(
    source: Source,
    wish: Wish,
    *,
    state: LedgerState,
    columns: Mapping[str, Collection[str]],
    is_data: Callable[[str], bool],
    read_schema: Callable[[str], Any | None],
) -> Found:
    """Give each file its key: the one it has in the ledger, or the next part of its resource.

    A file that a killed run archived and did not record has a part and no name. The next run lists
    its new files in the same order, so the same file gets that part again.

    Args:
        columns: the known resources, with what is known of the fields of each.
        is_data: tells by a file's name whether it may be one of a baseline.
        read_schema: reads a file's schema, and is asked only where its name does not tell.

    Raises:
        SettingsError: nothing tells which client a file is of.
        SourceError: the source cannot be listed.
    """
    listed = sorted(each.name for each in source.list_files())
    data = [name for name in listed if is_data(name)]
    known = columns.keys() | known_resources(state)
    clients = known_clients(state)
    taken: set[FileKey] = set()
    failures: list[SourceError] = []
    delivered_names: dict[str, str] = {}

    def choose_resource(name: str) -> str | None:
        in_name = resource_in_name(name, known=known)
        return in_name or resource_in_schema(read_schema(name), columns=columns)

    for name in data:
        try:
            delivery = Delivery(_client_of(name, wish, known=clients), wish.snapshot_date)
            key = _key_of(name, state.day(delivery), taken=taken, choose_resource=choose_resource)
        except SourceError as error:
            log.warning("%s", error, extra={"facts": {"event": "not told", "name": name}})
            failures.append(error)
        else:
            file = baseline_file(key.delivery, key.resource, part=key.part)
            delivered_names[f"{file.stem}.avro.pgp"] = name
    return Found(
        baseline=Baseline(source=source, delivered_names=delivered_names),
        failures=failures,
        left_alone=len(listed) - len(data),
    )


def _key_of(
    name: str,
    day: DayState,
    *,
    taken: set[FileKey],
    choose_resource: Callable[[str], str | None],
) -> FileKey:
    keys = _keys_of(day)
    if name not in keys:
        taken.update(keys.values())
        resource = choose_resource(name)
        keys[name] = _next_key(day.delivery, resource, name=name, taken=taken)
    taken.add(keys[name])
    return keys[name]


def _keys_of(day: DayState) -> dict[str, FileKey]:
    """Give the keys that files of a baseline have, by their names at the source."""
    return {file.delivered_name: key for key, file in day.files.items() if file.delivered_name}


def _client_of(name: str, wish: Wish, *, known: Collection[str]) -> str:
    named = client_in(name)
    if wish.client and named not in (None, wish.client):
        raise SourceError(f"source file {name!r}: expected one of {wish.client}, found {named}")
    client = wish.client or named or client_in(wish.address)
    if client is None and len(known) == 1:
        [client] = known
    if client is None:
        raise SettingsError(
            f"client: expected in the name of {name!r}, in MX_SOURCE or alone in the ledger, found "
            f"{'several' if known else 'none'}; say whose the baseline is: --client CLT-..."
        )
    return client


def _next_key(
    delivery: Delivery, resource: str | None, *, name: str, taken: Collection[FileKey]
) -> FileKey:
    if resource is None:
        raise SourceError(
            f"source file {name!r}: expected the name of one resource in its own or in its schema, "
            "found none; put it into the file's name, like users-1.avro"
        )
    for part in range(1, LAST_PART + 1):
        key = FileKey(delivery, resource, Event.BASELINE, part)
        if key not in taken:
            return key
    raise SourceError(f"source file {name!r}: expected at most {LAST_PART} files of {resource}")
