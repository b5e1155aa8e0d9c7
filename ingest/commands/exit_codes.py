"""The exit codes of all commands; 0 is for what is done, and complete."""

import json
from typing import TYPE_CHECKING

import typer

from ingest.errors import MirrorError, one_line

if TYPE_CHECKING:
    from ingest.mirror.send_all import Copied
    from ingest.status.runs import Summary

FAILED, MISUSED, INCOMPLETE = 1, 2, 3


def conclude(
    summary: "Summary",
    *,
    as_json: bool,
    allow_empty: bool = False,
    mirrored: "Copied | MirrorError | None" = None,
) -> None:
    """Print the summary of a run and of its mirror, and exit with the code for the outcome.

    Raises:
        MirrorError: that of the mirror.
    """
    failure = mirrored if isinstance(mirrored, MirrorError) else None
    copied = None if isinstance(mirrored, MirrorError) else mirrored
    if as_json:
        facts = {"failure": one_line(failure)} if failure else copied and copied.facts()
        typer.echo(json.dumps(summary.facts() | ({"mirror": facts} if facts else {})))
    else:
        texts = [copied.text(), summary.text()] if copied else [summary.text()]
        typer.echo("\n".join(texts if not copied or not copied.left_out else reversed(texts)))
    if failure:
        raise failure
    if summary.failures:
        raise typer.Exit(FAILED)
    is_mirror_incomplete = copied is not None and copied.is_incomplete
    is_empty = summary.empty_source is not None and not allow_empty
    if summary.alarms or is_empty or is_mirror_incomplete:
        raise typer.Exit(INCOMPLETE)
