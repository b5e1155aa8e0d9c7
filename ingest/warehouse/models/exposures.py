"""Describe the release as an exposure of dbt: `dbt build --select +exposure:release`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ingest.warehouse.models.resources import Resource
from ingest.warehouse.models.yaml_text import read_yaml

PATH: Final = "models/_release.yml"
HEAD: Final = """\
# written by `just models`
exposures:
  - name: release
    label: The published release
    type: application
    maturity: high
    description: What BI tools and notebooks open in data/serve; `ingest publish` makes it.
    owner: {name: Data engineers}
    depends_on:
"""


def render_release(project: Path, resources: list[Resource]) -> str:
    """Write the exposure of all models that are tables of a release."""
    marts = {path.stem for path in (project / "models" / "marts").glob("*.sql")}
    models = [
        *(name for each in resources for name in _shown_models(each)),
        *_published_models(project / "models" / "ops"),
        # a function of DuckDB, which Spark does not have
        *sorted(marts - {"account_balances"}),
    ]
    return HEAD + "".join(f"      - ref('{name}')\n" for name in models)


def _shown_models(resource: Resource) -> list[str]:
    return [resource.name, *([] if resource.is_log else [f"history_{resource.name}"])]


def _published_models(folder: Path) -> Iterator[str]:
    """Name the models of `ops` that are published."""
    for path in sorted(folder.glob("*.yml")):
        models: list[dict[str, Any]] = read_yaml(path.read_text(encoding="utf-8")).get("models", [])
        for model in models:
            if model.get("config", {}).get("meta", {}).get("is_published"):
                yield model["name"]
