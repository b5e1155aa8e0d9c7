"""The tables that must result from what was sent, by plain replay without code of dbt_project."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.delivery.names import DailyFile, Event
from sample.send.schema import Catalogue
from sample.send.truth_values import column_type, landed_type, typed, wider
from sample.world.life import Row

OWNERS: Final = {
    "accounts": {"member_guid": "members"},
    "transactions": {"member_guid": "members", "account_guid": "accounts"},
    "holdings": {"member_guid": "members", "account_guid": "accounts"},
    "taggings": {"tag_guid": "tags", "transaction_guid": "transactions"},
    "beat_feedback": {"beat_guid": "beat"},
    "discovered_transactions": {"discovered_account_guid": "discovered_accounts"},
}
LINEAGE: Final = {
    "_client_guid": "varchar",
    "_snapshot_date": "date",
    "_source_file": "varchar",
    "_row_number": "bigint",
}

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One row of one daily file; fields that are null are left out."""

    file: DailyFile
    number: int
    row: Row


@dataclass(slots=True)
class Record:
    """The state of one key."""

    values: Delivered | None = None
    is_live: bool = False


class Truth:
    """Takes every row in any order, and makes the tables."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._landed: dict[str, dict[str, str]] = defaultdict(dict)
        self._delivered: dict[str, list[Delivered]] = defaultdict(list)
        self._records: dict[str, dict[Key, Record]] = defaultdict(dict)
        self._logged: dict[str, list[Delivered]] = defaultdict(list)

    def learn(self, resource: str, schema: dict[str, Any]) -> None:
        """Add the columns of a file, which may have no rows."""
        landed = self._landed[resource]
        for each in schema["fields"]:
            kind = landed_type(each["type"])
            landed[each["name"]] = wider(landed.get(each["name"], kind), kind)

    def add(self, file: DailyFile, row: Row, *, number: int) -> None:
        known = self._landed[file.resource]
        kept = {name: row[name] for name in known if row.get(name) is not None}
        self._delivered[file.resource].append(Delivered(file=file, number=number, row=kept))

    def write(self, path: Path) -> None:
        """Write JSON Lines: every table's columns, then every row of `main`."""
        with path.open("w", encoding="utf-8") as lines:
            for line in self.lines():
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    def lines(self) -> Iterator[dict[str, Any]]:
        self._replay()
        tables = {name: self._columns(name) for name in {**self._catalogue, **self._landed}}
        for name, columns in tables.items():
            yield {"table": name, "columns": columns | LINEAGE}
        for name, columns in tables.items():
            for delivered in self._current(name):
                yield {"table": name, "row": _typed_row(delivered, columns)}

    def _replay(self) -> None:
        for resource, events in self._delivered.items():
            for delivered in sorted(events, key=_order):
                self._apply(resource, delivered)
        self._delivered.clear()

    def _apply(self, resource: str, delivered: Delivered) -> None:
        is_delete = delivered.file.event is Event.DELETED
        guid = delivered.row.get("guid")
        if guid is None:
            if not is_delete:
                self._logged[resource].append(delivered)
            return
        key = (delivered.file.delivery.client_guid, guid)
        record = self._records[resource].setdefault(key, Record())
        record.is_live = not is_delete
        if not is_delete:
            record.values = delivered

    def _current(self, resource: str) -> Iterator[Delivered]:
        yield from self._logged[resource]
        for _, record in sorted(self._records[resource].items()):
            if record.values is not None and self._is_seen(resource, record):
                yield record.values

    def _is_seen(self, resource: str, record: Record) -> bool:
        return record.is_live and all(
            self._is_seen(name, owner) for name, owner in self._owners(resource, record)
        )

    def _owners(self, resource: str, record: Record) -> Iterator[tuple[str, Record]]:
        """Find the owners that were ever delivered; a missing owner hides nothing."""
        if record.values is None:
            return
        client_guid = record.values.file.delivery.client_guid
        for column, name in {"user_guid": "users", **OWNERS.get(resource, {})}.items():
            guid = record.values.row.get(column)
            owner = self._records[name].get((client_guid, guid)) if guid else None
            if owner is not None:
                yield name, owner

    def _columns(self, resource: str) -> dict[str, str]:
        catalogued, landed = self._catalogue.get(resource, {}), self._landed[resource]
        return {
            name: column_type(name, landed=landed.get(name), catalogued=catalogued.get(name))
            for name in {**catalogued, **landed}
        }


def _order(delivered: Delivered) -> tuple[str, str, int, int]:
    delivery = delivered.file.delivery
    event = list(Event).index(delivered.file.event)
    return delivery.client_guid, delivery.snapshot_date.isoformat(), event, delivered.number


def _typed_row(delivered: Delivered, columns: dict[str, str]) -> Row:
    delivery = delivered.file.delivery
    return {name: typed(delivered.row.get(name), kind) for name, kind in columns.items()} | {
        "_client_guid": delivery.client_guid,
        "_snapshot_date": delivery.snapshot_date.isoformat(),
        "_source_file": delivered.file.stem,
        "_row_number": delivered.number,
    }
