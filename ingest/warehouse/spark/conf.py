"""Spark's own settings for one process on this machine, as the files of a SPARK_CONF_DIR.

A team with a cluster names its own SPARK_CONF_DIR, and these are not used.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.store.durable import make_folder, write_in_place

FORMATS: Final = {
    "iceberg": {
        # without Iceberg's extension Spark keeps views itself, and replaces them as it should
        "spark.sql.catalog.spark_catalog": "org.apache.iceberg.spark.SparkSessionCatalog",
        # no service of locks is there; the run lock keeps other builds away
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
    },
    "delta": {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    },
}
"""What each format of tables needs of Spark's catalogue."""
FIXED: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Derby, a database in this process, keeps the names of tables
    "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
    "spark.hadoop.hive.metastore.schema.verification": "false",
    # a column may become wider, and a table made anew may have other columns
    "spark.hadoop.hive.metastore.disallow.incompatible.col.type.changes": "false",
}
LOGGING: Final = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.append = false
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""
OBJECT_STORAGE: Final = ("s3://", "s3a://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """Where Spark's tables lie, and what it reads."""

    folder: Path
    """`MX_DATA/spark`: the names of tables, logs, scratch."""
    tables: str
    """A folder, or a prefix of object storage."""
    landings: tuple[str, ...]
    """Data folders and prefixes, each with landing and ledger."""
    file_format: str
    endpoint: str
    """The address of an S3 server other than Amazon's, or nothing."""

    @property
    def jars(self) -> list[str]:
        """Name the sets of `readers/spark.jars` that are needed."""
        has_s3 = any(place.startswith(OBJECT_STORAGE) for place in (self.tables, *self.landings))
        return [self.file_format, *(["s3"] if has_s3 else [])]


def write_conf(lake: Lake, *, jars: Path, memory_bytes: int) -> Path:
    """Write Spark's settings, and return their folder.

    Args:
        jars: the folder of the sets of jars.
        memory_bytes: what Java may use for objects.
    """
    folder = make_folder(lake.folder / "conf")
    settings = FIXED | FORMATS[lake.file_format] | _of_lake(lake) | _of_s3(lake.endpoint)
    settings["spark.driver.memory"] = f"{memory_bytes >> 20}m"
    settings["spark.driver.extraClassPath"] = ":".join(str(jars / each / "*") for each in lake.jars)
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    write_in_place(folder / "spark-defaults.conf", lines.encode())
    logging = LOGGING.format(log=lake.folder / "spark.log")
    write_in_place(folder / "log4j2.properties", logging.encode())
    return folder


def _of_lake(lake: Lake) -> dict[str, str]:
    names = f"jdbc:derby:;databaseName={lake.folder / 'metastore'};create=true"
    return {
        "spark.sql.warehouse.dir": hadoop_address(lake.tables),
        "spark.hadoop.javax.jdo.option.ConnectionURL": names,
        "spark.driver.extraJavaOptions": f'"-Dderby.stream.error.file={lake.folder}/derby.log"',
        # rows spill there, so it must not be a folder that others read
        "spark.local.dir": str(lake.folder / "scratch"),
    }


def _of_s3(endpoint: str) -> dict[str, str]:
    """Give the settings for another server than Amazon's; keys come from the usual places."""
    if not endpoint:
        return {}
    return {
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
        "spark.hadoop.fs.s3a.path.style.access": "true",
    }


def hadoop_address(place: str) -> str:
    """Write a folder or a prefix as Spark's file systems call it."""
    if place.startswith("s3://"):
        place = "s3a://" + place.removeprefix("s3://")
    return place if "://" in place else str(Path(place).expanduser().absolute())
