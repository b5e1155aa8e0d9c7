"""The models that a build may leave out: those of resources of which no row is new."""

from collections.abc import Iterator
from pathlib import Path

from ingest.store.ledger.lines import read_file
from ingest.warehouse.build.sources import find_sources, read_marks
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.catalogue import Catalogue, read_catalogue
from ingest.warehouse.read import LastBuild


def find_untouched_models(data: Path, build: LastBuild) -> list[str]:
    """Name the models that a build after a complete one of the same project may leave out."""
    if build.project != find_sources(data).project:
        return []
    touched, catalogue = _touched_resources(data, build), read_catalogue()
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    return sorted(
        model
        for resource in catalogue.staged_fields()
        for model in _models_of(resource, touched, catalogue)
        if model in models
    )


def _touched_resources(data: Path, build: LastBuild) -> set[str]:
    """Give the resources of which rows come or go by what the ledger has new."""
    ledger = data / "ledger"
    files = [
        name for name, mark in read_marks(ledger).items() if build.ledger_marks.get(name) != mark
    ]
    records = (record for name in files for record in read_file(ledger / name))
    latest = {
        record["path"]: record for record in records if record["what"] in ("landed", "set_aside")
    }
    return {
        record["resource"] for path, record in latest.items() if _is_touched(path, record, build)
    }


def _is_touched(path: str, record: dict[str, object], build: LastBuild) -> bool:
    sha256, row_count = build.applied.get(path, (None, 0))
    is_same = record["what"] == "landed" and record["plain_sha256"] == sha256
    return not is_same and bool(row_count or record.get("record_count"))


def _models_of(resource: str, touched: set[str], catalogue: Catalogue) -> Iterator[str]:
    """Give the models of a resource that none of the touched ones has part in."""
    if resource not in touched:
        yield from (f"stg_{resource}", f"state_{resource}", f"history_{resource}")
        if not catalogue.all_owners(resource) & touched:
            yield from (resource, f"hidden_{resource}")
