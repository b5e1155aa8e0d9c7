"""What is said of a folder that an SFTP server does not have."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final

import paramiko

from ingest.errors import SourceError
from ingest.receive.sources.ssh import printable

NAMES: Final = 5
"""How many of the names that are there instead."""


@contextmanager
def saying_what_is_there(
    session: paramiko.SFTPClient, folder: str, *, where: str
) -> Iterator[None]:
    """Say of a folder that is not there what is there instead.

    Raises:
        SourceError: so it is.
    """
    try:
        yield
    except FileNotFoundError as error:
        seen = _beside(session, folder)
        raise SourceError(
            f"{where}: expected the folder {folder}, found nothing there; {seen}"
        ) from error


def _beside(session: paramiko.SFTPClient, folder: str) -> str:
    """List the nearest folder above that can be listed."""
    above = folder
    while above:
        above = above.rpartition("/")[0]
        try:
            entries = list(islice(session.listdir_iter(above or "/"), NAMES + 1))
        except OSError:
            continue
        names = sorted(f"{printable(entry.filename)}{_mark(entry)}" for entry in entries)
        more = ", ..." if len(names) > NAMES else ""
        return f"in {above or '/'} there is: {', '.join(names[:NAMES]) or 'nothing'}{more}"
    return "nothing above it can be listed"


def _mark(entry: paramiko.SFTPAttributes) -> str:
    return "/" if stat.S_ISDIR(entry.st_mode or 0) else ""
