"""The facts of files and days as text for a row and back, and the numbers in its key."""

import sqlite3
from datetime import date
from typing import Any, Final

from ingest.delivery.names import Delivery, Event
from ingest.store.index.known import DayState, FileState
from ingest.store.index.tables.faults import reads_rows
from ingest.store.index.tables.values import (
    read_archived,
    read_landed,
    read_listing,
    read_moment,
    read_rejection,
    read_result,
    read_twins,
    write_archived,
    write_landed,
    write_listing,
    write_moment,
    write_rejection,
    write_result,
    write_twins,
)
from ingest.store.keys_and_paths import FileKey
from ingest.store.record import dump, parse_line

EVENTS: Final = tuple(Event)
EVENT_NUMBERS: Final = {event: number for number, event in enumerate(EVENTS)}


class Numbers:
    """The numbers of one index, kept in memory as they are asked for."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.forget()

    def forget(self) -> None:
        """Drop what is in memory: a transaction was rolled back."""
        self._clients: dict[str, int] = {}
        self._client_guids: dict[int, str] = {}
        self._resources: dict[str, int] = {}
        self._resource_names: dict[int, str] = {}

    def client(self, client_guid: str, *, adds: bool = False) -> int | None:
        """Give a client's number, and give one to a new client if asked to."""
        number = self._clients.get(client_guid)
        if number is None:
            query = "select id from clients where client_guid = ?"
            found = self._database.execute(query, [client_guid]).fetchone()
            if found is None and adds:
                insert = "insert into clients (client_guid) values (?) returning id"
                found = self._database.execute(insert, [client_guid]).fetchone()
            if found is None:
                return None
            number = self._clients[client_guid] = found[0]
        return number

    def client_guid(self, number: int) -> str:
        """Give the client that has a number."""
        if number not in self._client_guids:
            rows = self._database.execute("select id, client_guid from clients").fetchall()
            self._client_guids = dict(rows)
        return self._client_guids[number]

    def resource(self, resource: str) -> int:
        """Give a resource's number; a new one gets the next."""
        if resource not in self._resources:
            insert = "insert into resources (name) values (?) on conflict do nothing"
            self._database.execute(insert, [resource])
            self._resources = dict(self._database.execute("select name, id from resources"))
        return self._resources[resource]

    def resource_name(self, number: int) -> str:
        """Give the resource that has a number."""
        if number not in self._resource_names:
            rows = self._database.execute("select id, name from resources").fetchall()
            self._resource_names = dict(rows)
        return self._resource_names[number]

    @reads_rows
    def key(self, client: int, day: int, resource: int, event: int, part: int) -> FileKey:
        """Give the daily file that a row is about."""
        delivery = Delivery(self.client_guid(client), date.fromordinal(day))
        return FileKey(delivery, self.resource_name(resource), EVENTS[event], part)


def write_file(file: FileState) -> str:
    """Write what is known of a file."""
    stem, archived = _stem(file.key), file.archived
    sha256 = archived.encrypted_sha256 if archived else ""
    facts = {
        "archived": write_archived(archived, stem) if archived else None,
        "twins": write_twins(file.twins) if file.twins else None,
        "listing": write_listing(file.listing, file.key, stem) if file.listing else None,
        "result": write_result(file.result, sha256) if file.result else None,
        "landed": write_landed(file.landed, sha256) if file.landed else None,
        "set_aside": [write_landed(each, sha256) for each in file.set_aside] or None,
        "gone": [file.gone_checksum] if file.is_gone else None,
        "given_up": file.is_given_up or None,
        "removed": file.removed or None,
        "delivered_name": file.delivered_name,
        "first_landed_at": write_moment(file.first_landed_at) if file.first_landed_at else None,
        "rejection": write_rejection(file.rejection) if file.rejection else None,
    }
    return _write(facts)


@reads_rows
def read_file(key: FileKey, text: str) -> FileState:
    """Read what is known of a file."""
    facts, stem, file = parse_line(text.encode()), _stem(key), FileState(key)
    if archived := facts.get("archived"):
        file.archived = read_archived(archived, stem)
    sha256 = file.archived.encrypted_sha256 if file.archived else ""
    if twins := facts.get("twins"):
        file.twins = read_twins(twins)
    if listing := facts.get("listing"):
        file.listing = read_listing(listing, key, stem)
    if result := facts.get("result"):
        file.result = read_result(result, sha256)
    if landed := facts.get("landed"):
        file.landed = read_landed(landed, sha256)
    file.set_aside = [read_landed(each, sha256) for each in facts.get("set_aside", ())]
    if gone := facts.get("gone"):
        file.is_gone, file.gone_checksum = True, gone[0]
    file.is_given_up = facts.get("given_up", False)
    file.removed = facts.get("removed", [])
    file.delivered_name = facts.get("delivered_name")
    if first_landed_at := facts.get("first_landed_at"):
        file.first_landed_at = read_moment(first_landed_at)
    if rejection := facts.get("rejection"):
        file.rejection = read_rejection(rejection)
    return file


def write_day(day: DayState) -> str:
    """Write what is known of a delivery beside its files."""
    manifest = day.manifest
    facts = {
        "manifest": write_archived(manifest, "") if manifest else None,
        "result": write_result(day.result, "") if day.result else None,
        "manifest_sha256": day.manifest_sha256,
        "is_unfinished": day.is_unfinished or None,
        "first_listed_at": write_moment(day.first_listed_at) if day.first_listed_at else None,
        "completed_at": write_moment(day.completed_at) if day.completed_at else None,
        "rejection": write_rejection(day.rejection) if day.rejection else None,
    }
    return _write(facts)


@reads_rows
def read_day(delivery: Delivery, text: str, *, is_given_up: bool) -> DayState:
    """Read what is known of a delivery beside its files."""
    facts = parse_line(text.encode())
    manifest, result, rejection = (facts.get(name) for name in ("manifest", "result", "rejection"))
    first_listed_at, completed_at = facts.get("first_listed_at"), facts.get("completed_at")
    return DayState(
        delivery,
        manifest=read_archived(manifest, "") if manifest else None,
        result=read_result(result, "") if result else None,
        manifest_sha256=facts.get("manifest_sha256"),
        is_unfinished=facts.get("is_unfinished", False),
        is_given_up=is_given_up,
        first_listed_at=read_moment(first_listed_at) if first_listed_at else None,
        completed_at=read_moment(completed_at) if completed_at else None,
        rejection=read_rejection(rejection) if rejection else None,
    )


def _write(facts: dict[str, Any]) -> str:
    return dump({name: each for name, each in facts.items() if each is not None})


def _stem(key: FileKey) -> str:
    client_guid, snapshot_date = key.delivery
    return f"{client_guid}.{snapshot_date}.{key.resource}.{key.kind}"
