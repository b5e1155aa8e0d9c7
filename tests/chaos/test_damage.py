"""A thousand damaged files: none of them lands, none of them stops the others."""

import os
import random
from pathlib import Path

from tests.conftest import Ingest, landed_rows, quarantine_reasons
from tests.support.sender import Sender, avro_bytes, users

DAMAGES = int(os.environ.get("CHAOS_DAMAGES", "100"))


def damage(content: bytes, *, seed: int) -> bytes:
    """Flip a bit, or cut the end off."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    position = chance.randrange(len(content))
    if seed % 3 == 0:
        return content[:position]
    flipped = bytearray(content)
    flipped[position] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def test_no_damaged_file_lands_and_none_keeps_the_others_back(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    plain = avro_bytes(users(*(f"guid-{number}" for number in range(50))))
    for seed in range(DAMAGES):
        path = sender.send(plain, resource=f"r{seed}", record_count=50)
        path.write_bytes(damage(path.read_bytes(), seed=seed))
    sender.send_users("good")
    sender.send_manifest()

    summary = ingest(settle_hours=0)

    assert [row["guid"] for row in landed_rows(data)] == ["good"]
    assert summary.statuses == {"landed": 1, "quarantined": DAMAGES}
    assert len(quarantine_reasons(data)) == DAMAGES


def test_honestly_listed_damage_is_found_by_gpg_alone(
    sender: Sender, ingest: Ingest, data: Path
) -> None:
    """The manifest lists the damaged sizes, and no checksum can be right by chance."""
    plain = avro_bytes(users(*(f"guid-{number}" for number in range(50))))
    for seed in range(DAMAGES // 4):
        path = sender.send(plain, resource=f"r{seed}", record_count=50)
        path.write_bytes(damage(path.read_bytes(), seed=seed))
        sender.rows[-1]["EncryptedFileSize"] = str(path.stat().st_size)
    sender.send_manifest()

    ingest(settle_hours=0)

    assert landed_rows(data) == []
    reasons = set(quarantine_reasons(data).values())
    assert reasons <= {"damaged", "wrong_key", "size", "checksum", "too_large"}
