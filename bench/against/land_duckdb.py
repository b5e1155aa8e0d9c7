"""Land a file with gpg and DuckDB's Avro extension, which its package brings along."""

from pathlib import Path

import duckdb
import duckdb_extension_avro

from bench.against.decrypted import run_side


def convert(plain: Path, target: Path) -> None:
    package = Path(duckdb_extension_avro.__file__).parent
    extension = package / "extensions" / f"v{duckdb.__version__}" / "avro.duckdb_extension"
    duckdb.execute(f"load '{extension}'")
    duckdb.execute(
        f"copy (from read_avro('{plain}')) to '{target}' (format parquet, compression zstd)"
    )


if __name__ == "__main__":
    run_side(convert)
