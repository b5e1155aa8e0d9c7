"""The command `ingest`: its subcommands, and the exit code of an error."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from ingest.commands.baseline import baseline
from ingest.commands.build import build
from ingest.commands.check import check
from ingest.commands.console import configure_logs
from ingest.commands.dbt import PASSED_ON, dbt
from ingest.commands.docs import docs
from ingest.commands.env import env
from ingest.commands.erase import erase
from ingest.commands.exit_codes import FAILED, MISUSED
from ingest.commands.explain import explain
from ingest.commands.freshness import freshness
from ingest.commands.keys import keys
from ingest.commands.mirror import mirror
from ingest.commands.publish import publish
from ingest.commands.query import query
from ingest.commands.release import release
from ingest.commands.report import report
from ingest.commands.retain import retain
from ingest.commands.run import run
from ingest.commands.sample import sample
from ingest.commands.scaffold import scaffold
from ingest.commands.status import status
from ingest.commands.verify import verify
from ingest.errors import IngestError, SettingsError, one_line
from ingest.settings import settings_of
from ingest.settings.isolation import keep_private

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""What typer makes of Ctrl-C, without a word."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(check)
app.command()(baseline)
app.command()(status)
app.command()(report)
app.command()(release)
app.command(context_settings=PASSED_ON)(build)
app.command()(publish)
app.command()(mirror)
app.command()(erase)
app.command()(retain)
app.command(context_settings={"ignore_unknown_options": True})(query)  # SQL may begin with --
app.command()(docs)
app.command(context_settings=PASSED_ON)(freshness)
app.command(context_settings=PASSED_ON | {"help_option_names": []})(dbt)  # --help is dbt's
app.command()(env)
app.command()(explain)
app.command()(verify)
app.command()(sample)
app.command()(scaffold)
app.add_typer(keys, name="keys")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"mx-ingest {version('mx-ingest')}")
        raise typer.Exit


@app.callback()
def _options(
    is_version_asked: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Land MX's encrypted daily files as verified Parquet.

    Exit codes: 0 done; 1 failure; 2 usage or configuration; 3 something is incomplete.
    """


def main() -> None:
    """Run the command that was typed."""
    keep_private()
    configure_logs(as_json="--json" in sys.argv)
    with fail_on_error():
        try:
            app(prog_name="ingest")
        except SystemExit as end:
            if end.code == INTERRUPTED:
                raise KeyboardInterrupt from end
            raise


@contextmanager
def fail_on_error() -> Iterator[None]:
    """Report an error of the block on one line, and exit with its code."""
    try:
        yield
    except SettingsError as error:
        _fail(one_line(error), MISUSED)
    except OSError as error:
        _fail(_describe_os_error(error), FAILED)
    except (IngestError, KeyboardInterrupt) as error:
        _fail(one_line(error), FAILED)


def _describe_os_error(error: OSError) -> str:
    """Put the setting that the path comes from before the message."""
    names = settings_of(error.filename) if isinstance(error.filename, str) else []
    return f"{', '.join(names)}: {one_line(error)}" if names else one_line(error)


def _fail(message: str, code: int) -> NoReturn:
    log.error("ingest: %s", message)
    raise SystemExit(code)
