"""Land a file with gpg and polars, all of it in memory."""

from pathlib import Path

import polars

from bench.against.decrypted import run_side


def convert(plain: Path, target: Path) -> None:
    polars.read_avro(plain).write_parquet(target, compression="zstd")


if __name__ == "__main__":
    run_side(convert)
