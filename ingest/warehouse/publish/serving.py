"""How releases are kept, who may read them, and where they are sent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from ingest.settings import Settings, reveal
from ingest.warehouse.publish.mask import Mask

if TYPE_CHECKING:
    from ingest.warehouse.publish.postgres.server import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How many releases are kept, the file modes of each, and the key of the masked one."""

    keep: int
    mode: int
    masked_mode: int
    mask: Mask | None
    memory_bytes: int
    target: "Target | None" = None
    """The PostgreSQL database that shows the release, too."""


def read_serving(
    settings: Settings, *, to: str = "", is_full: bool = False, reader: str = ""
) -> Serving:
    """Read the settings of a publish; an option of the command has priority.

    Raises:
        SettingsError: a setting of the PostgreSQL database is wrong.
    """
    key = reveal(settings.mask_key)
    mask = Mask(key.encode()) if key else None
    chosen = settings.model_copy(
        update={
            "publish_to": to or settings.publish_to,
            "publish_full": is_full or settings.publish_full,
            "publish_reader": reader or settings.publish_reader,
        }
    )
    return Serving(
        keep=settings.keep_releases,
        mode=settings.serve_mode,
        masked_mode=settings.serve_masked_mode,
        mask=mask,
        memory_bytes=settings.build_memory,
        target=_read_target(chosen, has_mask=mask is not None),
    )


def _read_target(settings: Settings, *, has_mask: bool) -> "Target | None":
    if not settings.publish_to:
        if settings.publish_full or settings.publish_reader:
            raise SettingsError(
                "MX_PUBLISH_TO or --to: expected with --full and --reader, found none"
            )
        return None
    from ingest.warehouse.publish.postgres.server import read_target  # psycopg takes 0.1 s

    if not (has_mask or settings.publish_full):
        raise SettingsError(
            "MX_MASK_KEY: expected for the masked release that PostgreSQL shows, found none; "
            "set it, or show the one with personal data by: ingest publish --full"
        )
    return read_target(
        settings.publish_to,
        is_full=settings.publish_full,
        reader=settings.publish_reader,
        password=reveal(settings.publish_password),
    )
