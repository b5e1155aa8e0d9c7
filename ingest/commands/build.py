"""`just build`: build the warehouse and publish it, if anything is new."""

import sys
from typing import Final

from ingest.commands.app import fail_on_error
from ingest.settings import load_settings
from ingest.settings.isolation import keep_private
from ingest.warehouse.build.dbt_build import build_warehouse
from ingest.warehouse.publish.serving import read_serving

NO_PUBLISH: Final = "--no-publish"


def main() -> None:
    keep_private()
    with fail_on_error():
        settings, dbt_args = load_settings(), sys.argv[1:]
        is_published = NO_PUBLISH not in dbt_args
        code = build_warehouse(
            settings.data,
            dbt_args=[each for each in dbt_args if each != NO_PUBLISH],
            memory_bytes=settings.build_memory,
            serving=read_serving(settings) if is_published else None,
        )
        raise SystemExit(code)


if __name__ == "__main__":
    main()
