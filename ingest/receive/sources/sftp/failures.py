"""Failures of SFTP as errors that name the file or folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import paramiko

from ingest.errors import SourceError, SourceUnavailable
from ingest.receive.sources.sftp.listing import first_names
from ingest.receive.sources.sftp.messages import ProtocolError, RefusedError
from ingest.receive.sources.sftp.session import Session
from ingest.receive.sources.sftp.ssh import printable

NAMES: Final = 5
"""A message shows so many names that are there instead."""


@contextmanager
def explain_failures(subject: str) -> Iterator[None]:
    """Raise what fails inside as an error that names what was expected.

    Raises:
        SourceError: the server has no such file or folder, or forbids it.
        SourceUnavailable: the connection is broken, or the server refuses without a reason.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(f"sftp: expected {subject}, found nothing there") from error
    except PermissionError as error:
        raise SourceError(f"sftp: expected {subject}, found it forbidden") from error
    except RefusedError as error:
        raise SourceUnavailable(
            f"sftp: expected {subject}, found that the server answers {str(error)[:80]!a}"
        ) from error
    except (paramiko.SSHException, ProtocolError, OSError, EOFError) as error:
        raise SourceUnavailable(
            f"sftp: expected {subject}, found the connection broken ({type(error).__name__})"
        ) from error


@contextmanager
def list_beside_absent(session: Session, folder: str, *, where: str) -> Iterator[None]:
    """Name what is there instead of a folder that is not there.

    Raises:
        SourceError: the server has no such folder.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(
            f"{where}: expected the folder {folder}, found nothing there; "
            f"{_beside(session, folder)}"
        ) from error


def _beside(session: Session, folder: str) -> str:
    """List the nearest folder above that can be listed."""
    above = folder
    while above:
        above = above.rpartition("/")[0]
        try:
            names = sorted(map(printable, first_names(session, above, most=NAMES + 1)))
        except OSError:
            continue
        more = ", ..." if len(names) > NAMES else ""
        return f"in {above or '/'} there is: {', '.join(names[:NAMES]) or 'nothing'}{more}"
    return "nothing above it can be listed"
