"""What the settings say of how releases are kept and read."""

from ingest.settings import Settings, reveal
from ingest.warehouse.publish.mask import Mask
from ingest.warehouse.publish.publish import Serving


def read_serving(settings: Settings) -> Serving:
    key = reveal(settings.mask_key)
    return Serving(
        keep=settings.keep_releases,
        mode=settings.serve_mode,
        masked_mode=settings.serve_masked_mode,
        mask=Mask(key.encode()) if key else None,
        memory_bytes=settings.build_memory,
    )
