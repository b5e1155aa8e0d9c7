"""`python -m ingest` is the command `ingest`."""

from ingest.lean import keeping_imports
from ingest.settings.isolation import keep_private


def main() -> None:
    keep_private()
    with keeping_imports():
        from ingest.commands.app import main as run_command
    run_command()


if __name__ == "__main__":
    main()
