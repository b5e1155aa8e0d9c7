"""The ledger's records, folded: what is known of each file now. Pure, no I/O."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, Event, ManifestFile, kind_of_file
from ingest.errors import Reason


class Place(NamedTuple):
    """Which daily file, whatever it was called. A tuple, as a delivery is."""

    delivery: Delivery
    resource: str
    event: Event
    part: int = 1

    @property
    def kind(self) -> str:
        """Say which file of its resource it is."""
        return kind_of_file(self.event, self.part)


SMALLER: Final = "smaller than listed"
"""Why a file waits that has not come to its end yet."""
Mark = tuple[int, float, str | None]
"""What changes with a file at its source: size, modification time (0 for none), checksum."""


class What(StrEnum):
    """What a record tells."""

    ARCHIVED = "archived"
    LISTED = "listed"
    LANDED = "landed"
    MADE_ANEW = "made_anew"
    WAITING = "waiting"
    QUARANTINED = "quarantined"
    GONE = "gone"
    SET_ASIDE = "set_aside"
    GIVEN_UP = "given_up"
    SCHEMA = "schema"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """The newest bytes of one delivered file."""

    name: str
    encrypted_bytes: int
    encrypted_sha256: str
    at: datetime
    plain_sha256: str | None = None
    """Of what came in the clear, as it came; None where what came was ciphertext."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was last found of one daily file or manifest, and by what it was judged."""

    what: What
    encrypted_sha256: str
    manifest_sha256: str | None
    """Of the manifest's ciphertext; None while there was none."""
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What of one daily file is in the landing."""

    encrypted_bytes: int
    encrypted_sha256: str
    plain_sha256: str
    plain_bytes: int
    record_count: int
    listed_checksum: str | None
    """As it was listed then, where that was not SHA-256."""
    parquet_sha256: str | None = None
    """Of the Parquet file; None where an older version, which did not record it, has landed it."""

    def fits(self, listing: Listing) -> bool:
        """Say whether a manifest or list means just these bytes, by all that it says."""
        checksums = {None, self.plain_sha256, self.encrypted_sha256, self.listed_checksum}
        sizes = {None, self.plain_bytes}
        if listing.encrypted_bytes is None:
            sizes.add(self.encrypted_bytes)
        return (
            listing.checksum in checksums
            and listing.plain_bytes in sizes
            and listing.record_count in (None, self.record_count)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """The last runs, where none of them has ended well."""

    since: datetime
    """When the first of them was recorded."""
    at: datetime
    """When the last of them was."""
    count: int
    line: str
    """What the last one said, as its last words."""


@dataclass(slots=True)
class Twins:
    """Files of one stem that differ in extension and bytes: one of them counts."""

    others: dict[str, Archived] = field(default_factory=dict)
    """Those that do not count, by name."""
    refused: set[tuple[str, str | None]] = field(default_factory=set)
    """Ciphertexts that went to quarantine, by SHA-256, each with that of the manifest."""

    def choose(
        self, now: Archived, *, listing: Listing | None, manifest_sha256: str | None
    ) -> Archived:
        """Say which of them counts: by hash, by size, not in quarantine, the newest."""
        candidates = {**self.others, now.name: now}
        chosen = max(
            candidates.values(),
            key=lambda each: (
                listing is not None and each.encrypted_sha256 == listing.checksum,
                listing is not None and each.encrypted_bytes == listing.encrypted_bytes,
                (each.encrypted_sha256, manifest_sha256) not in self.refused,
                each.at,
            ),
        )
        del candidates[chosen.name]
        self.others = candidates
        return chosen


@dataclass(slots=True)
class LedgerState:
    """All records, folded: what is known now."""

    seen: dict[str, Mark] = field(default_factory=dict)
    """By name, or by what a list calls a file."""
    archived: dict[Place, Archived] = field(default_factory=dict)
    """The bytes that count: of several files of one stem those that the manifest describes."""
    twins: dict[Place, Twins] = field(default_factory=dict)
    """Where a file came under several extensions."""
    manifests: dict[Delivery, Archived] = field(default_factory=dict)
    listings: dict[Delivery, dict[Place, Listing]] = field(default_factory=dict)
    """Of the newest manifest that opened, or of an API's lists so far."""
    arbiters: dict[Delivery, str] = field(default_factory=dict)
    """The ciphertext's SHA-256 of that manifest, or that of the list."""
    unfinished: set[Delivery] = field(default_factory=set)
    """Those that were last listed before their day was due: more files may come."""
    gone: dict[Place, str | None] = field(default_factory=dict)
    """Files that their source no longer gives, with the checksum under which it listed them."""
    verdicts: dict[Place, Verdict] = field(default_factory=dict)
    manifest_verdicts: dict[Delivery, Verdict] = field(default_factory=dict)
    landed: dict[Place, Landed] = field(default_factory=dict)
    set_aside: dict[Place, list[Landed]] = field(default_factory=dict)
    """What an operator has taken out of the landing; it does not land again by itself."""
    baselines: dict[tuple[Delivery, str], Place] = field(default_factory=dict)
    """By delivery and by the name that a file of a baseline had where it came from."""
    bad_names: dict[str, str] = field(default_factory=dict)
    given_up: set[str | Delivery | Place] = field(default_factory=set)
    """Clients, deliveries and files of which an operator said that nothing more will come."""
    schemas: set[str] = field(default_factory=set)
    failing: Failing | None = None
    """None where the last run ended well. Only `ingest run` counts, which nobody watches."""
    last_recorded_at: str = "1970-01-01T00:00:00Z"

    @property
    def last_at(self) -> datetime:
        """When the last record was written."""
        return datetime.fromisoformat(self.last_recorded_at)

    @property
    def knows_files(self) -> bool:
        """Say whether anything of MX was ever listed or fetched."""
        return bool(self.seen or self.listings)

    def arbiter_of(self, place: Place) -> str | None:
        """Say by which manifest a file is judged; a baseline has none."""
        return None if place.event is Event.BASELINE else self.arbiters.get(place.delivery)

    def listing_of(self, place: Place) -> Listing | None:
        """Say what the manifest of its day tells of a file."""
        return self.listings.get(place.delivery, {}).get(place)

    def archived_under(self, place: Place, name: str) -> Archived | None:
        """Give the newest bytes of a file that came under just this name."""
        archived, twins = self.archived.get(place), self.twins.get(place)
        if archived and archived.name == name:
            return archived
        return twins.others.get(name) if twins else None

    def choose_twin(self, place: Place) -> None:
        """Have the file count that the manifest describes, where there are several."""
        if twins := self.twins.get(place):
            self.archived[place] = twins.choose(
                self.archived[place],
                listing=self.listing_of(place),
                manifest_sha256=self.arbiter_of(place),
            )

    def is_gone(self, place: Place, listing: Listing | None) -> bool:
        """Say whether a file, as it was last listed, will not come back to its source."""
        checksum = listing.checksum if listing else None
        return place in self.gone and self.gone[place] == checksum

    def is_set_aside(self, place: Place) -> bool:
        """Say whether a file has nothing in the landing, as an operator has taken it out."""
        return place in self.set_aside and place not in self.landed

    def has_come(self, place: Place, listing: Listing) -> bool:
        """Say whether just what is listed has landed, be it set aside since."""
        landed = [self.landed[place]] if place in self.landed else []
        return any(each.fits(listing) for each in landed + self.set_aside.get(place, []))

    def is_given_up(self, delivery: Delivery, place: Place | None = None) -> bool:
        """Say whether an operator has given a day up, or one file of it."""
        return not self.given_up.isdisjoint({delivery.client_guid, delivery, place or delivery})


def fold(state: LedgerState, record: dict[str, Any]) -> None:
    """Bring a state up to date with one more record."""
    state.last_recorded_at = record["recorded_at"]
    if "name" in record and "client_guid" not in record:
        _fold_name(state, record)
    else:
        _FOLDS[record["what"]](state, record)


def _fold_name(state: LedgerState, record: dict[str, Any]) -> None:
    if record["what"] == What.GIVEN_UP:
        state.bad_names.pop(record["name"], None)
    else:
        state.bad_names[record["name"]] = record["reason"]
        _note_seen(state, record)


def _fold_archived(state: LedgerState, record: dict[str, Any]) -> None:
    _note_seen(state, record)
    state.bad_names.pop(record["name"], None)
    if "resource" in record:
        place = place_in(record)
        _note_twin(state, place, record)
        _newest(state.archived, place, record)
        state.choose_twin(place)
        if delivered_name := record.get("delivered_name"):
            state.baselines[place.delivery, delivered_name] = place
    else:
        _newest(state.manifests, delivery_in(record), record)


def _note_twin(state: LedgerState, place: Place, record: dict[str, Any]) -> None:
    """Keep what is known of a file when one of another extension and other bytes comes."""
    known, verdict = state.archived.get(place), state.verdicts.get(place)
    if known is None or known.encrypted_sha256 == record["encrypted_sha256"]:
        return
    if known.name != record["name"]:
        twins = state.twins.setdefault(place, Twins())
        twins.others[known.name] = known
        if verdict and verdict.what == What.QUARANTINED:
            twins.refused.add((verdict.encrypted_sha256, verdict.manifest_sha256))
    if twins_known := state.twins.get(place):
        twins_known.others.pop(record["name"], None)


def _newest(known: dict[Any, Archived], key: Place | Delivery, record: dict[str, Any]) -> None:
    """The same bytes under a new date are the ones that have come before."""
    if key in known and known[key].encrypted_sha256 == record["encrypted_sha256"]:
        return
    known[key] = Archived(
        name=record["name"],
        encrypted_bytes=record["encrypted_bytes"],
        encrypted_sha256=record["encrypted_sha256"],
        at=datetime.fromisoformat(record["recorded_at"]),
        plain_sha256=record.get("plain_as_delivered"),
    )


def _fold_listed(state: LedgerState, record: dict[str, Any]) -> None:
    delivery = delivery_in(record)
    listings = [Listing(**listing) for listing in record["listed"]]
    state.arbiters[delivery] = record.get("list_sha256") or record["encrypted_sha256"]
    state.listings[delivery] = {
        place_of(file): listing for listing in listings if (file := listing.daily_file)
    }
    for place in state.listings[delivery].keys() & state.twins.keys():
        state.choose_twin(place)
    if record.get("is_unfinished"):
        state.unfinished.add(delivery)
    else:
        state.unfinished.discard(delivery)
    if "list_sha256" not in record:
        _fold_verdict(state, record)


def _fold_gone(state: LedgerState, record: dict[str, Any]) -> None:
    state.gone[place_in(record)] = record.get("listed_checksum")


def _fold_given_up(state: LedgerState, record: dict[str, Any]) -> None:
    if "resource" in record:
        state.given_up.add(place_in(record))
    else:
        is_day = "snapshot_date" in record
        state.given_up.add(delivery_in(record) if is_day else record["client_guid"])


def _fold_verdict(state: LedgerState, record: dict[str, Any]) -> None:
    verdict = _verdict_in(record)
    if "resource" not in record:
        state.manifest_verdicts[delivery_in(record)] = verdict
        return
    place = place_in(record)
    if _is_released(state.verdicts.get(place), verdict):
        state.set_aside.pop(place, None)
    state.verdicts[place] = verdict
    if verdict.what == What.QUARANTINED and place in state.twins:
        state.twins[place].refused.add((verdict.encrypted_sha256, verdict.manifest_sha256))
        state.choose_twin(place)
    if verdict.what == What.LANDED:
        state.landed[place] = Landed(
            encrypted_bytes=record["encrypted_bytes"],
            encrypted_sha256=record["encrypted_sha256"],
            plain_sha256=record["plain_sha256"],
            plain_bytes=record["plain_bytes"],
            record_count=record["record_count"],
            listed_checksum=record.get("listed_checksum"),
            parquet_sha256=record.get("parquet_sha256"),
        )


def _fold_made_anew(state: LedgerState, record: dict[str, Any]) -> None:
    place = place_in(record)
    if landed := state.landed.get(place):
        state.landed[place] = replace(landed, parquet_sha256=record["parquet_sha256"])


def _verdict_in(record: dict[str, Any]) -> Verdict:
    return Verdict(
        what=What(record["what"]),
        encrypted_sha256=record["encrypted_sha256"],
        manifest_sha256=record.get("manifest_sha256"),
        reason=record.get("reason"),
    )


def _is_released(before: Verdict | None, after: Verdict) -> bool:
    """Say whether bytes that were set aside have another verdict now: an operator asked for it."""
    is_same = before is not None and before.encrypted_sha256 == after.encrypted_sha256
    was_aside = before is not None and before.reason == Reason.SET_ASIDE
    return is_same and was_aside and after.reason != Reason.SET_ASIDE


def _fold_set_aside(state: LedgerState, record: dict[str, Any]) -> None:
    """An operator's word is a verdict on the bytes that had landed, and on no newer ones."""
    place = place_in(record)
    if landed := state.landed.pop(place, None):
        state.set_aside.setdefault(place, []).append(landed)
    verdict, last = _verdict_in(record), state.verdicts.get(place)
    if last is None or last.encrypted_sha256 == verdict.encrypted_sha256:
        state.verdicts[place] = replace(verdict, what=What.QUARANTINED)


def _fold_schema(state: LedgerState, record: dict[str, Any]) -> None:
    state.schemas.add(record["schema_id"])


def _fold_run(state: LedgerState, record: dict[str, Any]) -> None:
    """Other commands than `ingest run` tell their failures to who has typed them."""
    if record.get("command", "run") != "run":
        return
    failures, before, at = record.get("failures"), state.failing, state.last_at
    state.failing = None
    if failures:
        state.failing = Failing(
            since=before.since if before else at,
            at=at,
            count=before.count + 1 if before else 1,
            line=str(failures[-1]),
        )


_FOLDS: Final = {
    What.ARCHIVED: _fold_archived,
    What.LISTED: _fold_listed,
    What.LANDED: _fold_verdict,
    What.MADE_ANEW: _fold_made_anew,
    What.WAITING: _fold_verdict,
    What.QUARANTINED: _fold_verdict,
    What.GONE: _fold_gone,
    What.SET_ASIDE: _fold_set_aside,
    What.GIVEN_UP: _fold_given_up,
    What.SCHEMA: _fold_schema,
    What.RUN: _fold_run,
}


def place_of(file: DailyFile) -> Place:
    """Give a daily file's place, under which its bytes may come again."""
    return Place(file.delivery, file.resource, file.event, file.part)


def subject(file: DailyFile | ManifestFile) -> dict[str, Any]:
    """Say in a record's own words which file it is about."""
    delivery = {
        "client_guid": file.delivery.client_guid,
        "snapshot_date": file.delivery.snapshot_date.isoformat(),
    }
    if isinstance(file, ManifestFile):
        return delivery
    part = {"part": file.part} if file.part > 1 else {}
    return delivery | {"resource": file.resource, "event": file.event, **part, "file": file.stem}


def _note_seen(state: LedgerState, record: dict[str, Any]) -> None:
    mark = (record["source_bytes"], record["source_modified_at"], record.get("source_checksum"))
    state.seen[record.get("listed_as", record["name"])] = mark


def place_in(record: dict[str, Any]) -> Place:
    """Say which daily file a record is about."""
    return _make_place(
        record["client_guid"],
        record["snapshot_date"],
        record["resource"],
        record["event"],
        record.get("part", 1),
    )


def delivery_in(record: dict[str, Any]) -> Delivery:
    """Say which delivery a record is about."""
    return _make_delivery(record["client_guid"], record["snapshot_date"])


# A ledger of years names each file several times, and each day a hundred times.
@cache
def _make_place(
    client_guid: str, snapshot_date: str, resource: str, event: str, part: int
) -> Place:
    return Place(_make_delivery(client_guid, snapshot_date), resource, Event(event), part)


@cache
def _make_delivery(client_guid: str, snapshot_date: str) -> Delivery:
    return Delivery(client_guid=client_guid, snapshot_date=date.fromisoformat(snapshot_date))
