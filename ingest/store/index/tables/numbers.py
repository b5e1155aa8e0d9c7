"""The numbers that stand for clients, resources and events in the index."""

import sqlite3
from datetime import date
from typing import Final

from ingest.delivery.names import Delivery, Event
from ingest.store.index.tables.damage import reads_rows
from ingest.store.record.keys import FileKey

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
