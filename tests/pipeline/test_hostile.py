"""What a hostile or broken sender may try: each ends in quarantine, and tells nothing of people."""

import hashlib
import json
import os
import resource
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from ingest.delivery.avro.container import write_long
from ingest.openpgp.keyring import Keyring
from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.sender import USER, Sender, avro_bytes, users

NULLS = {"type": "record", "name": "row", "fields": [{"name": "a", "type": "null"}]}


def avro_bomb(size: int) -> bytes:
    """A container of one small deflate block that grows to size bytes."""
    schema = json.dumps(USER).encode()
    entries = (b"avro.schema", schema, b"avro.codec", b"deflate")
    header = b"".join(write_long(len(entry)) + entry for entry in entries)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(bytes(size)) + squeeze.flush()
    rows = write_long(1) + write_long(len(block)) + block + bytes(16)
    return b"Obj\x01" + write_long(2) + header + write_long(0) + bytes(16) + rows


def test_a_block_that_explodes_is_turned_away_in_bounded_memory(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    sender.send(avro_bomb(400 << 20), record_count=1)
    sender.send_manifest()
    before, largest_child = peak_kb(resource.RUSAGE_SELF), peak_kb(resource.RUSAGE_CHILDREN)

    ingest()

    grown = peak_kb(resource.RUSAGE_SELF) - before
    assert set(quarantine_reasons(data).values()) == {"too_large"}
    assert grown < 300 << 10, f"{grown} KB"
    assert peak_kb(resource.RUSAGE_CHILDREN) <= max(largest_child, 400 << 10)


def peak_kb(who: int) -> int:
    return resource.getrusage(who).ru_maxrss


def test_a_message_that_explodes_is_stopped_by_its_manifest(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    path = sender.send(avro_bytes(users("a")), record_count=1)
    sender.encrypt(bytes(200 << 20), path)
    sender.rows[0]["EncryptedFileSize"] = str(path.stat().st_size)
    sender.send_manifest()

    ingest()

    assert set(quarantine_reasons(data).values()) == {"too_large"}


def test_rows_without_columns_land_by_their_number(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    empty = {"type": "record", "name": "row", "fields": []}
    sender.send(avro_bytes([{}, {}], schema=empty), record_count=2)
    sender.send(avro_bytes([{"a": None}], schema=NULLS), event="updated", record_count=1)
    sender.send_manifest()

    assert ingest().statuses == {"landed": 2}
    assert [row["_row_number"] for row in landed_rows(data)] == [0, 1, 0]


def test_an_armoured_message_and_a_key_without_passphrase_open(
    sender: Sender, ingest: Ingest, data: Path, receiver_key: Receiver
) -> None:
    home = receiver_key.home / "open"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    make = ["--passphrase", "", "--quick-gen-key", "open@localhost", "rsa2048", "encr", "0"]
    subprocess.run([*gpg, *make], check=True, capture_output=True)
    to = ["--trust-model", "always", "--recipient", "open@localhost"]
    path = sender.send_users("a")
    plain = avro_bytes(users("a"))
    armoured = subprocess.run(
        [*gpg, *to, "--armor", "--encrypt"], input=plain, capture_output=True, check=True
    ).stdout
    path.write_bytes(armoured)
    sender.rows[0] |= {"EncryptedFileSize": str(len(armoured)), "FileSize": str(len(plain))}
    sender.rows[0]["Checksum"] = hashlib.sha256(plain).hexdigest()
    keyring = Keyring(home)
    sender.keyring, sender.recipient = keyring, "open@localhost"
    sender.send_manifest()

    assert ingest(keys=keyring).statuses == {"landed": 1}
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


@pytest.mark.parametrize("umask", ["000", "777"])
def test_whatever_the_umask_nobody_else_may_read(
    sender: Sender, settings: dict[str, str], data: Path, umask: str
) -> None:
    sender.send_users("a")
    sender.send_users("b", event="updated", Checksum="0" * 64)
    sender.send_manifest()
    command = f"umask {umask} && exec {sys.executable} -m ingest run"

    subprocess.run(["sh", "-c", command], env=settings, check=False, capture_output=True)

    modes = {path: path.stat().st_mode & 0o777 for path in (data, *data.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_no_secret_and_nothing_personal_is_told(
    sender: Sender, settings: dict[str, str], data: Path
) -> None:
    """Rows that fail in every way, and nothing of them in logs, ledger or reasons."""
    secret = "Zebedee-Personal"
    sender.send(avro_bytes(users(secret))[:-18], record_count=1)
    sender.send(avro_bytes(users(secret)), event="updated", record_count=2)
    sender.send(avro_bytes(users(secret)), event="deleted", Checksum="0" * 64)
    bad_row = sender.rows[0] | {"FileName": secret, "RecordCount": secret}
    sender.rows.append(bad_row)
    sender.send_manifest()
    sender.day = "2026-01-03"
    sender.rows = sender.rows[:3]
    for row in sender.rows:
        row["FileName"] = row["FileName"].replace("2026-01-02", "2026-01-03")
    sender.send_manifest()

    told = subprocess.run(
        [sys.executable, "-m", "ingest", "run"],
        env=settings | {"MX_SFTP_PASSWORD": "sftp-s3cret"},
        capture_output=True,
        text=True,
        check=False,
    )

    written = [path for path in data.rglob("*") if path.suffix in (".json", ".jsonl")]
    texts = [told.stdout, told.stderr, *(path.read_text() for path in written)]
    assert told.returncode == 3
    assert len(texts) > 3
    for word in (secret, PASSPHRASE, "sftp-s3cret"):
        assert not any(word in text for text in texts)


def test_the_same_bytes_again_change_nothing(sender: Sender, ingest: Ingest, data: Path) -> None:
    path = sender.send_users("a")
    sender.send_manifest()
    ingest()
    [parquet] = (data / "landing").rglob("*.parquet")
    landed_at = parquet.stat().st_mtime_ns
    os.utime(path, (0, 0))

    assert ingest().files_landed == 0
    assert parquet.stat().st_mtime_ns == landed_at
    assert len(list((data / "archive").rglob("*users*"))) == 1
