"""How releases are kept, and who may read them."""

from dataclasses import dataclass

from ingest.settings import Settings, reveal
from ingest.warehouse.publish.mask import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How many releases are kept, the file modes of each, and the key of the masked one."""

    keep: int
    mode: int
    masked_mode: int
    mask: Mask | None
    memory_bytes: int


def read_serving(settings: Settings) -> Serving:
    key = reveal(settings.mask_key)
    return Serving(
        keep=settings.keep_releases,
        mode=settings.serve_mode,
        masked_mode=settings.serve_masked_mode,
        mask=Mask(key.encode()) if key else None,
        memory_bytes=settings.build_memory,
    )
