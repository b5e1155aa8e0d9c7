"""`just docs`: describe all tables of the warehouse on one page."""

from ingest.commands.app import fail_on_error
from ingest.settings import load_settings
from ingest.settings.isolation import keep_private
from ingest.warehouse.models.docs import write_docs


def main() -> None:
    keep_private()
    with fail_on_error():
        print(write_docs(load_settings().data))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
