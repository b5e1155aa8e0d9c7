"""Source to scratch: one file, asked for again while its source is worth asking."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_combine,
    wait_random_exponential,
)

from ingest.errors import NotResumable, SourceError, SourceRefused, SourceUnavailable
from ingest.openpgp.encrypt import Encrypt
from ingest.receive.incoming import Download, Fetched
from ingest.receive.sources import Source, SourceFile

ATTEMPTS = 5
LONGEST_WAIT_S = 30
PATIENT_WITH = 3
"""So many files given up one after the other, and each further one is asked for once."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Downloads:
    """Fetches files for several threads, and learns from each what the others may expect."""

    def __init__(self, source: Source, *, scratch: Path, encrypt: Encrypt) -> None:
        self._source = source
        self._scratch = scratch
        self._encrypt = encrypt
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._given_up = 0
        self._left_alone_until = 0.0

    def list_files(self) -> list[SourceFile]:
        """List the source, with patience.

        Raises:
            SourceError: it cannot be listed.
        """
        files: list[SourceFile] = self._retrying(ATTEMPTS)(self._source.list_files)
        return files

    def fetch(self, listed: SourceFile) -> Fetched | SourceError:
        """Fetch one file, or say why it did not come."""
        if self._over.is_set():
            return _not_asked_for(listed)
        download = Download(self._scratch, encrypt=self._encrypt)
        attempts = 1 if self._given_up >= PATIENT_WITH else ATTEMPTS
        try:
            fetched: Fetched = self._retrying(attempts)(
                download.attempt, partial(self._open_unchanged, listed, download)
            )
        except SourceError as error:
            download.discard()
            if isinstance(error, SourceUnavailable | SourceRefused):
                self._note_given_up()
            return error
        self._given_up = 0
        return fetched

    def stop(self) -> None:
        """Let every thread end soon: nothing more is wanted."""
        self._over.set()

    def _note_given_up(self) -> None:
        """See whether the source still answers; if not, no further file is asked for."""
        with self._lock:
            self._given_up += 1
            if self._over.is_set():
                return
            try:
                self.list_files()
            except SourceError as error:
                log.warning("%s; no further file is asked for", error)
                self._over.set()

    @contextmanager
    def _open_unchanged(
        self, listed: SourceFile, download: Download, offset: int
    ) -> Iterator[BinaryIO]:
        """Open a file where the last attempt ended, or from the start if it has changed since."""
        if offset and listed not in self._source.list_files():
            download.restart()
            offset = 0
        self._over.wait(self._left_alone_until - time.monotonic())
        with ExitStack() as opened:
            try:
                stream = opened.enter_context(self._source.open_file(listed.name, offset=offset))
            except NotResumable:
                download.restart()
                stream = opened.enter_context(self._source.open_file(listed.name, offset=0))
            yield cast("BinaryIO", _Wanted(stream, over=self._over, listed=listed))

    def _retrying(self, attempts: int) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(attempts) | stop_when_event_set(self._over),
            sleep=sleep_using_event(self._over),
            wait=wait_combine(
                wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_S), self._as_told
            ),
            reraise=True,
        )

    def _as_told(self, state: RetryCallState) -> float:
        """Wait for as long as the source says, and let the other threads wait, too."""
        error = state.outcome.exception() if state.outcome else None
        told_s = error.retry_after_s if isinstance(error, SourceUnavailable) else 0
        self._left_alone_until = max(self._left_alone_until, time.monotonic() + told_s)
        return told_s


class _Wanted:
    """A stream that ends early, loudly, once nothing more is wanted."""

    def __init__(self, stream: BinaryIO, *, over: threading.Event, listed: SourceFile) -> None:
        self._stream = stream
        self._over = over
        self._listed = listed

    def read(self, size: int, /) -> bytes:
        if self._over.is_set():
            raise _not_asked_for(self._listed)
        return self._stream.read(size)


def _not_asked_for(listed: SourceFile) -> SourceError:
    return SourceError(
        f"source file {listed.name!r}: expected to fetch it, found the source gone; run again"
    )
