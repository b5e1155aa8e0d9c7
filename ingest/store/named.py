"""Which file an operator means that has landed or is in quarantine. Pure, no I/O."""

from pathlib import PurePath

from ingest.delivery.names import Delivery, ManifestFile, parse_kept_name, parse_kept_stem
from ingest.errors import UnknownNameError
from ingest.store.ledger.state import LedgerState, Place, What, place_of
from ingest.store.paths import place_at


def find_landed(name: str, *, state: LedgerState) -> Place:
    """Give the landed file that is meant; one that was set aside already is found, too.

    Args:
        name: as delivered, with or without extension, or the path of its Parquet file.

    Raises:
        UnknownNameError: no such file has landed.
    """
    meant = _find(name)
    if isinstance(meant, Place) and (meant in state.landed or meant in state.set_aside):
        return meant
    raise UnknownNameError(
        f"{name}: expected a landed file, by its name or the path of its Parquet file, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def find_quarantined(name: str, *, state: LedgerState) -> Place | Delivery:
    """Give the file in quarantine that is meant, or the delivery whose manifest it is.

    Args:
        name: as `find_landed` takes it, or a path that ends in it.

    Raises:
        UnknownNameError: no such file is in quarantine.
    """
    meant = _find(name)
    if isinstance(meant, Place):
        verdict = state.verdicts.get(meant)
    else:
        verdict = state.manifest_verdicts.get(meant) if meant else None
    if meant and verdict and verdict.what == What.QUARANTINED:
        return meant
    raise UnknownNameError(
        f"{name}: expected a file in quarantine, by its name, "
        f"found {_found(meant, state)}; see: ingest status"
    )


def _find(name: str) -> Place | Delivery | None:
    if place := place_at(name):
        return place
    last = PurePath(name).name
    file = parse_kept_name(last) or parse_kept_stem(last)
    if file is None:
        return None
    return file.delivery if isinstance(file, ManifestFile) else place_of(file)


def _found(meant: Place | Delivery | None, state: LedgerState) -> str:
    if isinstance(meant, Delivery):
        return "a manifest that is not" if meant in state.manifests else "nothing of that name"
    if meant in state.landed:
        return "one that has landed"
    return "one that has not landed" if meant in state.archived else "nothing of that name"
