"""Turn the failures of an object storage into one line: what was expected, found, and next."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from ingest.errors import MirrorError

_STATUS: Final = re.compile(r"status code: (\d+ [A-Z][\w ]*)")
_ERROR: Final = re.compile(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", re.DOTALL)
_REFUSED_HTTP: Final = "builder error"
"""What the library says of an address without TLS, which the environment can name, too."""
_METADATA_SERVER: Final = re.compile("/latest/api/token|/latest/meta-data|computeMetadata")
"""A cloud's server for credentials, which is asked where the environment has none."""


@contextmanager
def as_mirror_error(what: str, where: str) -> Iterator[None]:
    """Report that an object cannot be read, written or listed.

    Raises:
        MirrorError: it cannot; an error of this machine's disk is left as it is.
    """
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.filename:
            raise
        found, next_step = _describe(error)
        raise MirrorError(f"{where}: expected to {what} it, found {found}; {next_step}") from error


def refuse_missing_bucket(error: FileNotFoundError) -> None:
    """Raise an error again that is of the bucket, and not of an object in it."""
    if "NoSuchBucket" in str(error):
        raise error


def _describe(error: Exception) -> tuple[str, str]:
    """Say what the server answered, and the next step."""
    text, _, _ = str(error).partition("\n\n")
    if _METADATA_SERVER.search(text):
        return "no credentials", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give a role"
    found = text.splitlines()[0].rpartition(" - ")[2].removeprefix("HTTP error: ")
    if answer := _ERROR.search(text):
        found = ": ".join(answer.groups())
    elif status := _STATUS.search(text):
        found = status[1]
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return found, "check the credentials, and what they may do in this bucket"
    if found == _REFUSED_HTTP:
        return "an http:// server", "name an https:// server, or set MX_MIRROR_ENDPOINT"
    if "NoSuchBucket" in text:
        return found, "make the bucket, or correct MX_MIRROR"
    return found, "the next mirror continues from here"
