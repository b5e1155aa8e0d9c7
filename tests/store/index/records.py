"""Random records of a small ledger: two clients, two days, and every kind of record."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from random import Random
from typing import Any, Final

from ingest.delivery.manifest import Listing
from ingest.delivery.names import (
    DAILY_EVENTS,
    DailyFile,
    Delivery,
    ManifestFile,
    baseline_file,
    parse_stem,
)
from ingest.errors import Reason
from ingest.store.facts import SMALLER, What
from ingest.store.keys_and_paths import subject
from ingest.store.ledger import Record

CLIENTS: Final = [f"CLT-00000000-0000-0000-0000-00000000000{number}" for number in range(2)]
DELIVERIES: Final = [
    Delivery(client, date(2026, 1, day)) for client in CLIENTS for day in range(1, 3)
]
RESOURCES: Final = ("users", "accounts")
EXTENSIONS: Final = (".avro.pgp", ".pgp")
HASHES: Final = ("a", "b", "c")
NAMES: Final = ("CLT-broken", b"CLT-\x80".decode(errors="surrogateescape"))


def draw_record(random: Random) -> Record:
    """Draw a record of any kind."""
    return random.choices(list(_KINDS), weights=list(_KINDS.values()))[0](random)


def _draw_file(random: Random) -> DailyFile:
    delivery = random.choice(DELIVERIES)
    [resource] = random.choices(RESOURCES, weights=(9, 1))
    if random.random() < 0.2:
        return baseline_file(delivery, resource, part=random.choice((1, 2)))
    client_guid, day = delivery
    file = parse_stem(f"{client_guid}.{day}.{resource}.{random.choice(DAILY_EVENTS)}")
    assert file
    return file


def _bytes(random: Random, start: str) -> dict[str, Any]:
    sha256 = random.choice(HASHES)
    name = start + random.choice(EXTENSIONS)
    return {"name": name, "encrypted_sha256": sha256, "encrypted_bytes": ord(sha256)}


def _archived(random: Random) -> Record:
    source = {"source_bytes": random.randrange(9), "source_modified_at": random.random()}
    if random.random() < 0.2:
        manifest = ManifestFile(delivery=random.choice(DELIVERIES))
        return What.ARCHIVED, manifest, _bytes(random, "manifest.csv") | source
    file = _draw_file(random)
    plain = {"plain_as_delivered": random.choice((None, "p"))}
    delivered = {"delivered_name": random.choice((None, "part-0.avro"))}
    return What.ARCHIVED, file, _bytes(random, file.stem) | source | plain | delivered


def _listed(random: Random) -> Record:
    delivery = random.choice(DELIVERIES)
    files = {_draw_file(random) for _ in range(8)}
    listings = [
        Listing(
            file=f"{delivery.client_guid}.{delivery.snapshot_date}.{file.resource}.{file.event}",
            resource=random.choice((file.resource, "other")),
            event=str(file.event),
            record_count=random.choice((1, 2, None)),
            plain_bytes=1,
            encrypted_bytes=random.choice((None, *map(ord, HASHES))),
            checksum=random.choice((None, *HASHES, "plain")),
            effective_date="",
        )
        for file in sorted(files)
    ]
    of = random.choice(("encrypted_sha256", "list_sha256"))
    facts = {of: random.choice(HASHES), "is_unfinished": random.choice((None, True))}
    return (
        What.LISTED,
        ManifestFile(delivery=delivery),
        facts | {"listed": [asdict(each) for each in listings]},
    )


def _landed(random: Random) -> Record:
    file = _draw_file(random)
    return (
        What.LANDED,
        file,
        _bytes(random, file.stem)
        | {"path": "landing/p", "schema_id": random.choice("st"), "plain_bytes": 1}
        | {"plain_sha256": "plain", "record_count": random.choice((1, 2))}
        | {"manifest_sha256": random.choice((None, *HASHES))},
    )


def _made_anew(random: Random) -> Record:
    facts = {"path": "landing/p", "parquet_sha256": random.choice(HASHES)}
    return What.MADE_ANEW, _draw_file(random), facts


def _turned_away(random: Random) -> Record:
    facts = {"manifest_sha256": random.choice((None, *HASHES)), "expected": "e", "found": "é"}
    if random.random() < 0.2:
        manifest = ManifestFile(delivery=random.choice(DELIVERIES))
        facts |= _bytes(random, "manifest.csv") | {"reason": Reason.MANIFEST}
        return What.QUARANTINED, manifest, facts
    file = _draw_file(random)
    return What.QUARANTINED, file, facts | _bytes(random, file.stem) | {"reason": Reason.SIZE}


def _broken_name(random: Random) -> Record:
    facts = {"name": random.choice(NAMES), "reason": Reason.NAME}
    return What.QUARANTINED, None, facts | {"source_bytes": 1, "source_modified_at": 0.0}


def _waiting(random: Random) -> Record:
    reason = random.choice((SMALLER, "no manifest"))
    file = _draw_file(random)
    facts = _bytes(random, file.stem) | {"manifest_sha256": random.choice((None, *HASHES))}
    return What.WAITING, file, facts | {"reason": reason}


def _gone(random: Random) -> Record:
    return What.GONE, _draw_file(random), {"listed_checksum": random.choice((None, *HASHES))}


def _set_aside(random: Random) -> Record:
    file = _draw_file(random)
    facts = _bytes(random, file.stem) | {"path": "landing/p", "reason": Reason.SET_ASIDE}
    return What.SET_ASIDE, file, facts


def _given_up(random: Random) -> Record:
    file = _draw_file(random)
    delivery = subject(ManifestFile(delivery=file.delivery))
    client = {"client_guid": file.delivery.client_guid}
    facts = random.choices(
        (subject(file), delivery, client, {"name": random.choice(NAMES)}), weights=(4, 3, 3, 2)
    )
    return What.GIVEN_UP, None, facts[0]


def _schema(random: Random) -> Record:
    columns = [{"name": "guid", "type": "string"}]
    return What.SCHEMA, None, {"schema_id": random.choice("st"), "columns": columns}


def _erasure(random: Random) -> Record:
    facts = {"erasure": random.choice("xy"), "state": random.choice(("begun", "keys", "ended"))}
    who = {"client_guid": random.choice(CLIENTS), "requested_by": "somebody", "key_check": "c"}
    return What.ERASURE, None, facts | who | {"keys": [random.choice(HASHES)]}


def _erased(random: Random) -> Record:
    file = _draw_file(random)
    facts: dict[str, Any] = {"erasure": "x", "keys": ["k"]}
    facts |= {"replaces_sha256": random.choice(HASHES)}
    move: dict[str, Any] = {"source": None, "target": None, "removed": []}
    facts |= {"move": move}
    if random.random() < 0.2:
        return (
            What.ERASED,
            file,
            facts | {"name": file.stem, "move": move | {"removed": ["archive/p"]}},
        )
    contents = {"plain_bytes": 1, "plain_sha256": "anew", "record_count": 1}
    delivered = contents | {"encrypted_bytes": 1, "encrypted_sha256": random.choice(HASHES)}
    return (
        What.ERASED,
        file,
        facts | _bytes(random, file.stem) | contents | {"delivered": delivered},
    )


def _run(random: Random) -> Record:
    failures = random.choice(([], ["it failed"]))
    return What.RUN, None, {"seconds": 1.5, "failures": failures, "files_landed": 1}


_KINDS: Final = {
    _archived: 10,
    _listed: 4,
    _landed: 8,
    _made_anew: 1,
    _turned_away: 4,
    _broken_name: 1,
    _waiting: 2,
    _gone: 1,
    _set_aside: 2,
    _given_up: 3,
    _erasure: 1,
    _erased: 3,
    _schema: 1,
    _run: 1,
}


def draw_batches(random: Random, *, batches: int) -> Iterator[list[Record]]:
    """Draw records that are appended together."""
    for _ in range(batches):
        yield [draw_record(random) for _ in range(random.randrange(1, 10))]
