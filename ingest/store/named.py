"""The file that an operator means, of those that landed or are in quarantine."""

from pathlib import PurePath

from ingest.delivery.names import Delivery, ManifestFile, parse_kept_name, parse_kept_stem
from ingest.errors import UnknownNameError
from ingest.store.index.state import LedgerState
from ingest.store.paths import place_at
from ingest.store.record.keys import Place, place_of


def find_landed(name: str, *, state: LedgerState) -> Place:
    """Find a landed file, or one that was set aside.

    Args:
        name: as delivered, with or without extension, or the path of its Parquet file.

    Raises:
        UnknownNameError: no such file has landed.
    """
    meant = _parse(name)
    if isinstance(meant, Place):
        file = state.file(meant)
        if file.landed or file.set_aside:
            return meant
    raise UnknownNameError(
        f"{name}: expected a landed file, by its name or the path of its Parquet file, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def find_quarantined(name: str, *, state: LedgerState) -> Place | Delivery:
    """Find a file in quarantine, or the delivery whose manifest is there.

    Args:
        name: as `find_landed` takes it, or a path that ends in it.

    Raises:
        UnknownNameError: no such file is in quarantine.
    """
    meant = _parse(name)
    if meant:
        known = state.file(meant) if isinstance(meant, Place) else state.day(meant)
        if known.result and known.result.is_quarantined:
            return meant
    raise UnknownNameError(
        f"{name}: expected a file in quarantine, by its name, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def _parse(name: str) -> Place | Delivery | None:
    if place := place_at(name):
        return place
    last = PurePath(name).name
    file = parse_kept_name(last) or parse_kept_stem(last)
    if file is None:
        return None
    return file.delivery if isinstance(file, ManifestFile) else place_of(file)


def _found(meant: Place | Delivery | None, state: LedgerState) -> str:
    if meant is None:
        return "nothing of that name"
    if isinstance(meant, Delivery):
        return "a manifest that is not" if state.day(meant).manifest else "nothing of that name"
    file = state.file(meant)
    if file.landed:
        return "one that has landed"
    return "one that has not landed" if file.archived else "nothing of that name"
