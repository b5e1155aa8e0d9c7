"""Run groups of SQL statements, and print what each gave as JSON: attempt.py SERVER < GROUPS."""

import json
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession


def main() -> None:
    spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    json.dump(
        {name: _run(spark, group) for name, group in json.load(sys.stdin).items()}, sys.stdout
    )


def _run(spark: SparkSession, statements: list[str]) -> str:
    """Give the rows of the last statement as text, or "fails"."""
    try:
        rows = [spark.sql(statement).collect() for statement in statements][-1]
    except PySparkException:
        return "fails"
    return str([tuple(row) for row in rows])


main()
