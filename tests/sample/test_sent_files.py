"""What lies in the folder after a sample was sent, opened with the receiver's own key."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastavro
import pytest

from ingest.delivery.avro.decode import COLUMNS, ROWS, Container, open_container
from ingest.delivery.manifest import parse_manifest
from ingest.delivery.names import DailyFile, ManifestFile, parse_name
from ingest.errors import KeyringError, SettingsError
from ingest.openpgp.encrypt import Post
from ingest.openpgp.keyring import Keyring
from sample.send.destination import open_destination
from sample.send.schema import SURPRISE, read_catalogue
from sample.world.life import DRIFT_DAY
from tests.sample.conftest import DAYS, START, Send, SmallWorld


def avro(plain: bytes) -> tuple[dict[str, Any], list[Any]]:
    reader = fastavro.reader(io.BytesIO(plain))
    assert isinstance(reader.writer_schema, dict)
    return reader.writer_schema, list(reader)


def test_every_day_has_a_manifest_and_three_files_for_each_resource(
    small_world: SmallWorld,
) -> None:
    parsed = [parse_name(path.name) for path in small_world.folder.iterdir()]
    daily_files = {file.stem for file in parsed if isinstance(file, DailyFile)}
    assert None not in parsed
    assert sum(isinstance(file, ManifestFile) for file in parsed) == DAYS
    assert len(daily_files) == small_world.summary.files == DAYS * 66 + (DAYS - 1) * 3
    assert small_world.summary.deliveries == DAYS


def test_a_manifest_tells_the_truth_about_its_files(small_world: SmallWorld) -> None:
    path = sorted(small_world.folder.glob("*-manifest.csv.pgp"))[1]
    manifest = parse_name(path.name)
    assert isinstance(manifest, ManifestFile)
    listings = parse_manifest(small_world.plain(path.name), delivery=manifest.delivery)
    assert len(listings) == 69
    for listing in listings:
        encrypted = small_world.folder / f"{listing.file}.avro.pgp"
        plain = small_world.plain(encrypted.name)
        assert listing.encrypted_bytes == encrypted.stat().st_size
        assert listing.plain_bytes == len(plain)
        assert listing.checksum == hashlib.sha256(plain).hexdigest()
        assert listing.record_count == len(avro(plain)[1])
        assert listing.daily_file is not None
        assert listing.resource == listing.daily_file.resource
        assert listing.event == listing.daily_file.event


def test_a_manifest_has_the_columns_of_the_provider_in_its_order(small_world: SmallWorld) -> None:
    path = min(small_world.folder.glob("*-manifest.csv.pgp"))
    rows = list(csv.reader(io.StringIO(small_world.plain(path.name).decode())))
    assert ",".join(rows[0]) == (
        "ResourceType,EventType,RecordCount,EffectiveDate,FileSize,EncryptedFileSize,Checksum,FileName"
    )
    assert rows[1][:2] + rows[1][3:4] == ["USERS", "CREATED", START.isoformat()]
    assert len(rows) == 1 + 66


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


def test_files_use_all_three_codecs(small_world: SmallWorld) -> None:
    paths = small_world.folder.glob(f"*.{START}.*.created.avro.pgp")
    codecs = set()
    for path in paths:
        reader = fastavro.reader(io.BytesIO(small_world.plain(path.name)))
        codecs.add(reader.metadata["avro.codec"])
    assert codecs == {"null", "deflate", "snappy"}


def test_a_second_run_sends_the_same_plain_bytes(
    small_world: SmallWorld, send: Send, tmp_path: Path
) -> None:
    send(str(tmp_path))
    name = next(tmp_path.glob("*-manifest.csv.pgp")).name
    first, second = (
        list(csv.DictReader(io.StringIO(world.plain(name).decode())))
        for world in (small_world, replace(small_world, folder=tmp_path))
    )
    assert len(first) == 66
    for one, other in zip(first, second, strict=True):
        one.pop("EncryptedFileSize")
        other.pop("EncryptedFileSize")
        assert one == other


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


def test_the_truth_has_every_table_and_rows_in_nearly_all(small_world: SmallWorld) -> None:
    lines = [json.loads(line) for line in small_world.truth.read_text().splitlines()]
    columns = {line["table"]: line["columns"] for line in lines if "columns" in line}
    filled = {line["table"] for line in lines if "row" in line}
    assert columns.keys() == {*read_catalogue(), SURPRISE}
    assert filled == columns.keys()
    assert columns["tags"]["revision"] == "bigint"
    assert columns["analytics_timed_events"]["duration"] == "double"
    assert list(columns["users"])[-5:-3] == ["preferred_language", "_client_guid"]


def test_a_refusal_of_gpg_is_told_and_nothing_hangs(tmp_path: Path, keyring: Keyring) -> None:
    post = Post(keyring=keyring, recipient="0" * 40)
    with (
        pytest.raises(KeyringError, match="expected gpg to encrypt"),
        post.encrypt_into(tmp_path / "file") as stream,
    ):
        for _ in range(100):
            stream.write(bytes(1 << 16))


def test_an_sftp_address_needs_known_hosts() -> None:
    with (
        pytest.raises(SettingsError, match="MX_SFTP_KNOWN_HOSTS"),
        open_destination("sftp://mx@127.0.0.1:1/in", password="x", known_hosts=None),
    ):
        pass


def test_both_decoders_give_the_same_rows_of_every_file(small_world: SmallWorld) -> None:
    decoders = set()
    for path in sorted(small_world.folder.glob(f"*.{START}.*.created.avro.pgp")):
        plain = small_world.plain(path.name)
        by_rows, by_columns = (
            open_container(io.BytesIO(plain), in_columns=in_columns) for in_columns in (False, True)
        )
        decoders.add(by_columns.decoder)
        assert by_columns.schema == by_rows.schema
        assert repr(rows_of(by_columns)) == repr(rows_of(by_rows))
    assert decoders == {ROWS, COLUMNS}


def rows_of(container: Container) -> list[dict[str, Any]]:
    return [row for batch in container.batches for row in batch.to_pylist()]
