"""The least that landing a file can cost: its steps by themselves, nothing waiting for another.

As a program it takes the steps of this project's own code: a plaintext's hash, its rows as columns,
these as Parquet; it is given the plaintext and the Parquet file, and prints processor seconds.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.large_file import daily_file
from bench.measure_program import run_measured
from ingest.delivery.avro.decode import Container, open_container
from ingest.landing.converters import ROW_GROUP_SHARE
from ingest.landing.parquet import write_parquet
from ingest.openpgp.message.plaintext import CHUNK_BYTES

MEMORY_BYTES: Final = 512 << 20
STEPS: Final = ("decrypt", "hash", "decode", "write")


def measure_steps(ciphertext: Path, *, gpg: Sequence[str], scratch: Path) -> dict[str, float]:
    """Return the processor seconds of each step.

    Raises:
        CalledProcessError: a step failed.
    """
    plain, target = scratch / "plain.avro", scratch / "limit.parquet"
    decrypt = ["sh", "-c", 'exec "$@" > /dev/null', "sh", *gpg, "--decrypt", str(ciphertext)]
    decrypted = run_measured(decrypt).processor_seconds
    if not plain.exists():
        subprocess.run([*gpg, "--output", str(plain), "--decrypt", str(ciphertext)], check=True)
    program = [sys.executable, "-m", "bench.limit", str(plain), str(target)]
    done = subprocess.run(program, stdout=subprocess.PIPE, check=True)
    return {"decrypt": decrypted, **json.loads(done.stdout)}


def _measure(plain: Path, target: Path) -> dict[str, float]:
    steps: dict[str, float] = {}
    from ingest.delivery.avro import columnar  # noqa: F401 - its import is no part of decoding

    with _timed(steps, "hash"), plain.open("rb") as stream:
        sha256 = hashlib.sha256()
        while chunk := stream.read(CHUNK_BYTES):
            sha256.update(chunk)
    with _timed(steps, "decode"), plain.open("rb") as stream:
        container = open_container(stream, in_columns=True)
        batches = list(container.batches)
    with _timed(steps, "write"):
        write_parquet(
            Container(
                schema=container.schema,
                batches=(batch for batch in batches),
                decoder=container.decoder,
            ),
            file=daily_file(),
            plain_sha256=sha256.hexdigest(),
            target=target,
            row_group_bytes=MEMORY_BYTES // ROW_GROUP_SHARE,
        )
    return steps


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    steps[name] = time.process_time() - began


def cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(*map(Path, sys.argv[1:]))))
