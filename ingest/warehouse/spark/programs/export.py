"""Write tables of Spark as Parquet files: export.py FOLDER SCHEMA...

The Python of `.venv-spark` runs this program. It knows Spark, and nothing of this package.
"""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

THREADS = 4
"""Small tables wait more than they work."""


def main() -> None:
    folder, *schemas = sys.argv[1:]
    spark = SparkSession.builder.enableHiveSupport().getOrCreate()
    tables = [table for schema in schemas for table in _list_tables(spark, schema)]
    if not tables:
        sys.exit(f"{' '.join(schemas)}: expected tables, found none; run: ./just spark-build")
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda table: _export(spark, *table, folder=Path(folder)), tables))


def _list_tables(spark: SparkSession, schema: str) -> list[tuple[str, str]]:
    try:
        tables = spark.sql(f"show tables in `{schema}`").collect()
    except AnalysisException:
        return []
    return [(schema, table.tableName) for table in tables if not table.isTemporary]


def _export(spark: SparkSession, schema: str, table: str, *, folder: Path) -> None:
    """Write a table as one file, which readers see completely or not at all."""
    file = folder / schema / f"{table}.parquet"
    parts = file.with_name(f".{table}.parts")
    rows = spark.table(f"`{schema}`.`{table}`").coalesce(1)
    rows.write.mode("overwrite").parquet(f"file://{parts}")  # Hadoop reads no escapes
    (part,) = parts.glob("part-*.parquet")
    part.replace(file)
    shutil.rmtree(parts)


main()
