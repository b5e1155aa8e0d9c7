"""Write every table of a Spark server as Parquet: export.py SERVER FOLDER SCHEMA..."""

import sys
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.sql import SparkSession


def main() -> None:
    server, folder, *schemas = sys.argv[1:]
    spark = SparkSession.builder.remote(server).getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    for schema in schemas:
        to = Path(folder) / schema
        to.mkdir(parents=True)
        for table in spark.sql(f"show tables in {schema}").collect():
            if not table.isTemporary:
                rows = spark.sql(f"select * from {schema}.`{table.tableName}`")
                pq.write_table(rows.toArrow(), to / f"{table.tableName}.parquet")


main()
