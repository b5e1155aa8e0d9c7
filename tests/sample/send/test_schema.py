"""Schemas are as wide as MX's, and change from day to day."""

import io
from typing import Any

import fastavro

from sample.send.schema import SURPRISE, read_catalogue
from sample.world.life import DRIFT_DAY
from tests.sample.conftest import START, SmallWorld


def avro(plain: bytes) -> tuple[dict[str, Any], list[Any]]:
    reader = fastavro.reader(io.BytesIO(plain))
    assert isinstance(reader.writer_schema, dict)
    return reader.writer_schema, list(reader)


def test_a_resource_without_events_has_a_file_with_a_schema_only(small_world: SmallWorld) -> None:
    path = next(small_world.folder.glob(f"*.{START}.analytics_pageviews.updated.avro.pgp"))
    schema, rows = avro(small_world.plain(path.name))
    assert rows == []
    assert {"guid", "host", "path"} < {field["name"] for field in schema["fields"]}


def test_sizes_are_near_those_of_the_provider(small_world: SmallWorld) -> None:
    sizes = {}
    for resource in ("users", "transactions", "accounts"):
        path = next(small_world.folder.glob(f"*.{START}.{resource}.created.avro.pgp"))
        sizes[resource] = len(avro(small_world.plain(path.name))[0]["fields"])
    assert 17 <= sizes["users"] <= 22
    assert 45 <= sizes["transactions"] <= 58
    assert 56 <= sizes["accounts"] <= 73


def test_fields_drift_and_an_unknown_resource_comes(small_world: SmallWorld) -> None:
    def kinds(resource: str, day: int) -> dict[str, Any]:
        date = START.replace(day=START.day + day)
        path = next(small_world.folder.glob(f"*.{date}.{resource}.created.avro.pgp"))
        return {
            each["name"]: each["type"] for each in avro(small_world.plain(path.name))[0]["fields"]
        }

    assert "preferred_language" not in kinds("users", DRIFT_DAY - 1)
    assert kinds("users", DRIFT_DAY)["preferred_language"] == ["null", "string"]
    assert kinds("tags", DRIFT_DAY - 1)["revision"] == ["null", "int"]
    assert kinds("tags", DRIFT_DAY)["revision"] == ["null", "long"]
    assert kinds("analytics_timed_events", DRIFT_DAY)["duration"] == ["null", "double"]
    assert SURPRISE not in read_catalogue()
    assert kinds(SURPRISE, 1)["period"][1]["type"] == "record"
