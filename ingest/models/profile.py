"""The settings of DuckDB that dbt's profile names."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import yaml
from jinja2 import Environment, StrictUndefined

from ingest.models.adapter import Database


def open_target(project: Path, *, environment: Mapping[str, str]) -> Database:
    """Open the warehouse of a project's profile for writing, with its settings.

    Raises:
        duckdb.Error: someone else has it open.
    """
    text = (project / "profiles.yml").read_text(encoding="utf-8")
    templates = Environment(undefined=StrictUndefined)  # noqa: S701 - what is written is YAML
    rendered = templates.from_string(text).render(env_var=environment.get)
    [profile] = yaml.load(rendered, yaml.CSafeLoader).values()
    target = profile["outputs"][profile["target"]]
    database = duckdb.connect(target["path"])
    for name, value in target["settings"].items():
        database.execute(f"set {name} = '{value}'")
    return database
