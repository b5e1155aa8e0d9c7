"""Rows for typical days to take their values from."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import duckdb

from bench.typical_day import FIRST_DATE
from ingest.landing.decide import Rules
from ingest.openpgp.encrypt import Post
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from sample.send.sample import write_sample

RULES: Final = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)


def read_patterns(patterns: duckdb.DuckDBPyConnection, *, folder: Path, post: Post) -> None:
    """Have a small synthetic delivery give one table of rows for each resource."""
    source, data = folder / "pattern-source", folder / "pattern-data"
    source.mkdir()
    write_sample(
        to=str(source),
        keyring=post.keyring,
        recipient=post.recipient,
        seed=1,
        clients=1,
        users=50,
        days=1,
        start=FIRST_DATE,
        surprise=False,
        truth=None,
        sftp_password=None,
        known_hosts=None,
    )
    run(LocalFolder(source), data=data, keyring=post.keyring, rules=RULES)
    for path in data.glob("landing/*/event=created/*/*.parquet"):
        resource = path.parts[-4].removeprefix("resource=")
        patterns.execute(
            f"""
            create table {resource} as
            select row_number() over () - 1 as place, columns('^[^_]')
            from read_parquet('{path}', hive_partitioning = false)
            """
        )
