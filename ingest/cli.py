"""The command `ingest`: its commands, and how they fail."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from ingest.commands.baseline import baseline
from ingest.commands.explain import explain
from ingest.commands.keys import keys
from ingest.commands.publish import publish
from ingest.commands.release import release
from ingest.commands.report import report
from ingest.commands.run import run
from ingest.commands.sample import sample
from ingest.commands.scaffold import scaffold
from ingest.commands.status import status
from ingest.commands.verify import verify
from ingest.errors import IngestError, SettingsError, one_line
from ingest.logs import configure_logs

FAILED, MISUSED = 1, 2
PRIVATE = 0o077

log = logging.getLogger(__name__)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Land MX's encrypted daily files as verified Parquet.",
)
app.command()(run)
app.command()(baseline)
app.command()(status)
app.command()(report)
app.command()(release)
app.command()(publish)
app.command()(explain)
app.command()(verify)
app.command()(sample)
app.command()(scaffold)
app.add_typer(keys, name="keys")


def main() -> None:
    """Run a command."""
    os.umask(PRIVATE)
    configure_logs(as_json="--json" in sys.argv or not sys.stderr.isatty())
    with fail_on_error():
        app()


@contextmanager
def fail_on_error() -> Iterator[None]:
    """Turn a foreseeable fault into one line and an exit code."""
    try:
        yield
    except SettingsError as error:
        _fail(one_line(error), MISUSED)
    except (IngestError, KeyboardInterrupt, OSError) as error:
        _fail(one_line(error), FAILED)


def _fail(message: str, code: int) -> NoReturn:
    log.error("ingest: %s", message)
    raise SystemExit(code)
