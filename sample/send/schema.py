"""The Avro schema of each resource on a day: most columns of the catalogue, all nullable."""

import re
from pathlib import Path
from typing import Any, Final

from ingest.errors import SettingsError
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.yaml_text import read_yaml
from sample.world.life import DRIFT_DAY

CATALOGUE = PROJECT / "models" / "staging"
SURPRISE = "spending_plans"
SURPRISE_DAY = 1

_UNLIKELY: Final = re.compile(r"(feed|most_recent_job)_.*|.*_set_by|oauth_window_uri|use_cases")
_LEFT_OUT: Final = {
    "users": (
        "accepted_terms_and_conditions_at",
        "has_accepted_terms_and_conditions",
        "failed_login_attempts_count",
        "is_restricted",
        "is_excluded_from_analytics",
        "health_score",
    ),
    "analytics_events": ("guid",),
    "analytics_screenviews": ("guid",),
    "analytics_timed_events": ("guid",),
}
_AVRO: Final = {
    "varchar": "string",
    "varchar[]": {"type": "array", "items": "string"},
    "boolean": "boolean",
    "integer": "int",
    "bigint": "long",
    "timestamptz": "long",
    "date": "string",
}
_DRIFT: Final = {
    "users": {"preferred_language": "string"},
    "tags": {"revision": "long"},
    "analytics_timed_events": {"duration": "double"},
}
_WITH_DECIMALS: Final = "holdings"
_WITH_NULL_KEYS: Final = "analytics_pageviews"
_CODECS: Final = {"beat": "null", "devices": "snappy", "insights": "null", "members": "snappy"}
_SURPRISE_FIELDS: Final = {
    "guid": "string",
    "user_guid": "string",
    "amount": "double",
    "is_active": "boolean",
    "period": {
        "type": "record",
        "name": "period",
        "fields": [
            {"name": "length", "type": "string"},
            {"name": "days", "type": ["null", "int"], "default": None},
        ],
    },
    "starts_on": "string",
    "created_at": "long",
    "updated_at": "long",
    "deleted_at": "long",
}

Catalogue = dict[str, dict[str, str]]


def read_catalogue(folder: Path = CATALOGUE) -> Catalogue:
    """Read the typed columns of every known resource.

    Raises:
        SettingsError: the folder holds no catalogue.
    """
    catalogue: Catalogue = {}
    for path in sorted(folder.glob("stg_*.yml")):
        for model in read_yaml(path.read_text(encoding="utf-8"))["models"]:
            typed = [column for column in model["columns"] if "data_type" in column]
            columns = {column["name"]: column["data_type"] for column in typed}
            catalogue[model["name"].removeprefix("stg_")] = columns
    if not catalogue:
        raise SettingsError(f"catalogue {folder}: expected stg_*.yml of dbt_project, found none")
    return catalogue


def make_schema(resource: str, *, day: int, catalogue: Catalogue) -> dict[str, Any]:
    """Make the Avro schema that MX writes for a resource on a day of the world."""
    fields = _SURPRISE_FIELDS if resource == SURPRISE else _fields(resource, catalogue[resource])
    if day >= DRIFT_DAY:
        fields = {**fields, **_DRIFT.get(resource, {})}
    return {
        "type": "record",
        "name": resource,
        "namespace": "com.example.reporting",
        "fields": [_field(resource, name, kind) for name, kind in fields.items()],
    }


def codec_of(resource: str) -> str:
    return _CODECS.get(resource, "deflate")


def _fields(resource: str, columns: dict[str, str]) -> dict[str, Any]:
    return {
        name: _avro_type(resource, kind)
        for name, kind in columns.items()
        if not _UNLIKELY.fullmatch(name) and name not in _LEFT_OUT.get(resource, ())
    }


def _avro_type(resource: str, kind: str) -> Any:
    if not kind.startswith("decimal"):
        return _AVRO[kind]
    if resource != _WITH_DECIMALS:
        return "double"
    return {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 6}


def _field(resource: str, name: str, kind: Any) -> dict[str, Any]:
    if name == "guid" and resource != _WITH_NULL_KEYS:
        return {"name": name, "type": kind}
    return {"name": name, "type": ["null", kind], "default": None}
