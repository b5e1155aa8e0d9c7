"""`just spark-build`, `spark-export` and `spark-masked`: the warehouse on Apache Spark."""

import sys
from pathlib import Path
from typing import Final, NoReturn

from ingest.commands.app import fail_on_error
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings
from ingest.settings.isolation import keep_private
from ingest.warehouse.models.catalogue import read_catalogue
from ingest.warehouse.spark.build import build_on_spark, export_from_spark
from ingest.warehouse.spark.conf import FORMATS, Lake
from ingest.warehouse.spark.masked import masked_views

SCHEMAS: Final = ("main", "state", "history", "marts")


def main() -> NoReturn:
    keep_private()
    action, *args = sys.argv[1:]
    with fail_on_error():
        raise SystemExit(ACTIONS[action](load_settings(), args))


def _build(settings: Settings, dbt_args: list[str]) -> int:
    return build_on_spark(
        read_lake(settings), settings.data, dbt_args=dbt_args, memory_bytes=settings.build_memory
    )


def _export(settings: Settings, args: list[str]) -> int:
    folder, *schemas = args
    return export_from_spark(
        read_lake(settings),
        settings.data,
        folder=Path(folder),
        schemas=schemas or list(SCHEMAS),
        memory_bytes=settings.build_memory,
    )


def _print_masked(_: Settings, args: list[str]) -> int:
    hashed = args[0] if args and args[0] else None
    print("\n".join(masked_views(read_catalogue(), hashed=hashed)))  # noqa: T201 - its output
    return 0


ACTIONS: Final = {"build": _build, "export": _export, "masked": _print_masked}


def read_lake(settings: Settings) -> Lake:
    """Read where Spark's tables lie, and what it reads.

    Raises:
        SettingsError: the format of tables is unknown.
    """
    folder = settings.data.absolute() / "spark"
    if settings.file_format not in FORMATS:
        names = " or ".join(FORMATS)
        raise SettingsError(f"MX_FILE_FORMAT: expected {names}, found {settings.file_format}")
    return Lake(
        folder=folder,
        tables=settings.lake or str(folder / "tables"),
        landings=tuple(settings.landings.replace(",", " ").split()) or (str(settings.data),),
        file_format=settings.file_format,
        endpoint=settings.mirror_endpoint,
    )


if __name__ == "__main__":
    main()
