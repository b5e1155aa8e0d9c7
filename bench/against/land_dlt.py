"""Land a file with gpg, fastavro and dlt, into Parquet in a folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import fastavro

from bench.against.decrypted import run_side
from bench.against.land_fastavro import batches


def convert(plain: Path, target: Path) -> None:
    pipeline = dlt.pipeline(
        "landing",
        destination=dlt.destinations.filesystem(bucket_url=target.as_uri()),
        dataset_name="main",
        pipelines_dir=str(plain.parent / "pipelines"),
    )
    resource = dlt.resource(_pages(plain), name="transactions")
    pipeline.run(resource, loader_file_format="parquet").raise_on_failed_jobs()


def _pages(plain: Path) -> Iterator[list[Any]]:
    with plain.open("rb") as stream:
        yield from batches(fastavro.reader(stream))


if __name__ == "__main__":
    run_side(convert)
