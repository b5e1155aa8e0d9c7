"""A delivery has all its files, and a manifest that lists them as they are."""

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

from ingest.delivery.manifest import parse_manifest
from ingest.delivery.names import DailyFile, ManifestFile, parse_name
from tests.sample.conftest import DAYS, START, Send, SmallWorld
from tests.sample.send.test_schema import avro


def test_every_day_has_a_manifest_and_three_files_for_each_resource(
    small_world: SmallWorld,
) -> None:
    parsed = [parse_name(path.name) for path in small_world.folder.iterdir()]
    daily_files = {file.stem for file in parsed if isinstance(file, DailyFile)}
    assert None not in parsed
    assert sum(isinstance(file, ManifestFile) for file in parsed) == DAYS
    assert len(daily_files) == small_world.summary.files == DAYS * 66 + (DAYS - 1) * 3
    assert small_world.summary.deliveries == DAYS


def test_a_manifest_lists_the_true_facts_of_its_files(small_world: SmallWorld) -> None:
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
