"""The facts that the ledger has of one daily file, and of one delivery. No I/O."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.delivery.manifest import Listing
from ingest.delivery.names import DailyFile, Delivery, Event, parse_kept_name
from ingest.errors import Reason
from ingest.store.facts import Archived, Landed, Rejection, Result, Twins, What
from ingest.store.keys_and_paths import FileKey


@dataclass(slots=True)
class FileState:
    """All facts of one daily file."""

    key: FileKey
    archived: Archived | None = None
    """The bytes that count: of several files of one stem those that the manifest describes."""
    twins: Twins | None = None
    """The other files, where it came under several extensions."""
    listing: Listing | None = None
    """Its row in the newest manifest that opened, or in an API's lists."""
    result: Result | None = None
    landed: Landed | None = None
    set_aside: list[Landed] = field(default_factory=list)
    """Versions that an operator took out of the landing; they do not land again by themselves."""
    is_gone: bool = False
    """Its source no longer gives it."""
    gone_checksum: str | None = None
    """The checksum under which the source listed it then."""
    is_given_up: bool = False
    """An operator said that nothing more of it will come."""
    removed: list[str] = field(default_factory=list)
    """Names of replaced bytes that an erasure removed from the archive."""
    delivered_name: str | None = None
    """Of a file of a baseline: its name at the source."""
    first_landed_at: datetime | None = None
    rejection: Rejection | None = None

    @property
    def is_known(self) -> bool:
        """Say whether it was ever listed or delivered."""
        return self.archived is not None or self.listing is not None

    @property
    def newest(self) -> Archived:
        """The bytes that count, of a file that has come."""
        assert self.archived  # noqa: S101 - for the type checker: callers ask only of files that came
        return self.archived

    @property
    def delivered(self) -> DailyFile | None:
        """The file by its name as delivered, and by the client as the archive spells it.

        None where nothing has come, or where an older version archived a strange name.
        """
        file = parse_kept_name(self.archived.name) if self.archived else None
        if not isinstance(file, DailyFile):
            return None
        return replace(file, delivery=self.key.delivery)

    @property
    def current_result(self) -> Result | None:
        """The last result, unless newer bytes have come since."""
        return _result_of(self.archived, self.result)

    @property
    def is_set_aside(self) -> bool:
        """Say whether nothing of it is in the landing because an operator took it out."""
        return bool(self.set_aside) and self.landed is None

    @property
    def is_lost(self) -> bool:
        """Say whether the version that was listed last will not come, and has not come."""
        has_come = self.listing is not None and self.has_come(self.listing)
        return self.is_gone_as(self.listing) and not has_come

    @property
    def is_restated(self) -> bool:
        """Say whether a newer manifest describes another version than the landed one."""
        return bool(self.landed and self.listing and not self.landed.fits(self.listing))

    @property
    def is_landed(self) -> bool:
        """Say whether the newest version that is known of has landed."""
        result = self.current_result
        has_landed = result is not None and result.what == What.LANDED
        return has_landed and not self.is_lost and not self.is_restated

    def is_gone_as(self, listing: Listing | None) -> bool:
        """Say whether the file, as it was last listed, will not come back to its source."""
        return self.is_gone and self.gone_checksum == (listing.checksum if listing else None)

    def has_come(self, listing: Listing) -> bool:
        """Say whether the listed version has landed, even if it was set aside since."""
        landed = [self.landed] if self.landed else []
        return any(each.fits(listing) for each in landed + self.set_aside)

    def archived_under(self, name: str) -> Archived | None:
        """Give the newest bytes that came under exactly this name."""
        if self.archived and self.archived.name == name:
            return self.archived
        return self.twins.others.get(name) if self.twins else None

    def is_checked_against(self, manifest_sha256: str | None) -> bool:
        """Say whether its newest bytes have a result of just this manifest, or of none."""
        result = self.current_result
        return result is not None and result.manifest_sha256 == manifest_sha256

    def is_final(self, manifest_sha256: str | None) -> bool:
        """Say whether its result stays until other bytes or another manifest come.

        A file that was set aside stays so even then. An operator can ask for another check.
        """
        result = self.current_result
        if result is None:
            return False
        if result.what == What.LANDED or result.reason == Reason.SET_ASIDE:
            return True
        return result.is_quarantined and self.is_checked_against(manifest_sha256)

    def is_due(self, manifest_sha256: str | None, *, is_given_up: bool) -> bool:
        """Say whether a run may have something to do with it, without being asked to.

        Args:
            manifest_sha256: of the manifest it is checked against now.
            is_given_up: then it no longer waits for a truncated copy to grow.
        """
        if self.archived is None or self.is_final(manifest_sha256):
            return False
        return not (is_given_up and self.is_checked_against(manifest_sha256))

    def choose_twin(self, *, manifest_sha256: str | None) -> None:
        """Choose the file that counts, where there are several."""
        if self.twins and self.archived:
            self.archived = self.twins.choose(
                self.archived, listing=self.listing, manifest_sha256=manifest_sha256
            )


@dataclass(slots=True)
class DayState:
    """All facts of one delivery, and its files."""

    delivery: Delivery
    manifest: Archived | None = None
    result: Result | None = None
    """The last result of opening its manifest."""
    manifest_sha256: str | None = None
    """The ciphertext's SHA-256 of the newest manifest that opened, or the hash of an API's list."""
    is_unfinished: bool = False
    """It was last listed before the day was due: more files may come."""
    is_given_up: bool = False
    first_listed_at: datetime | None = None
    completed_at: datetime | None = None
    """When the last of its listed files landed for the first time."""
    rejection: Rejection | None = None
    """Why its manifest was last turned away."""
    files: dict[FileKey, FileState] = field(default_factory=dict)
    """Every daily file of the delivery of which anything is known."""

    @property
    def is_listed(self) -> bool:
        """Say whether a manifest was read, or an API listed the day."""
        return self.manifest_sha256 is not None

    def sha256_for(self, key: FileKey) -> str | None:
        """Give the hash of the manifest a file is checked against; a baseline has none."""
        return None if key.event is Event.BASELINE else self.manifest_sha256

    @property
    def current_result(self) -> Result | None:
        """The last result of its manifest, unless a newer one has come since."""
        return _result_of(self.manifest, self.result)

    @property
    def is_manifest_due(self) -> bool:
        """Say whether a run may have something to do with its manifest, without being asked to."""
        result = self.current_result
        return self.manifest is not None and (result is None or result.what == What.WAITING)

    @property
    def listings(self) -> dict[FileKey, Listing]:
        """The rows of its newest manifest, or of an API's lists so far."""
        return {key: file.listing for key, file in self.files.items() if file.listing}

    def file(self, key: FileKey) -> FileState:
        """Give what is known of one of its files; of an unknown file that is nothing."""
        return self.files.get(key) or FileState(key)


def _result_of(archived: Archived | None, result: Result | None) -> Result | None:
    """Give a result if it is one of these bytes."""
    is_of_these = archived and result and archived.encrypted_sha256 == result.encrypted_sha256
    return result if is_of_these else None
