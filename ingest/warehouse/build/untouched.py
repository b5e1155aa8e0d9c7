"""The models that a build may leave out: those of resources without new rows."""

from collections.abc import Iterator
from pathlib import Path

from ingest.warehouse.build.last_build import LastBuild
from ingest.warehouse.build.sources import find_sources
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.catalogue import Catalogue, read_catalogue


def find_untouched_models(data: Path, build: LastBuild) -> list[str]:
    """Name the models that a build after a complete one of the same project may leave out."""
    if build.project != find_sources(data).project:
        return []
    touched, catalogue = {record["resource"] for record in build.changed}, read_catalogue()
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    return sorted(
        model
        for resource in catalogue.staged_fields()
        for model in _models_of(resource, touched, catalogue)
        if model in models
    )


def _models_of(resource: str, touched: set[str], catalogue: Catalogue) -> Iterator[str]:
    """Give the models of a resource that read no rows of the touched resources."""
    if resource not in touched:
        yield from (f"stg_{resource}", f"state_{resource}", f"history_{resource}")
        if not catalogue.all_owners(resource) & touched:
            yield from (resource, f"hidden_{resource}")
