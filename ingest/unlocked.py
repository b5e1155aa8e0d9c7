"""Keys unlocked once for many files, in a process of its own that holds them while a run lasts.

gpg-agent stretches the passphrase anew for every file; here that is paid once. What is not opened
here, for whatever reason, gpg tries again: its verdict is the one that counts.
"""

import base64
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self, TypeVar

from ingest.plaintext import Plaintext, plaintext_pipe
from ingest.worker import Worker, WorkerLost

T = TypeVar("T")

PAYS_AFTER_FILES: Final = 3
PAYS_FROM_BYTES: Final = 1 << 20
"""A message of this size alone is worth the start of the process."""
PAYS_UP_TO_BYTES: Final = 32 << 20
"""A larger one would be mapped into memory whole, and gpg reads it as fast."""


class UnlockedKeys:
    """A process that decrypts one file at a time; it starts as soon as that pays."""

    def __init__(self, export: Callable[[], list[bytes]], *, passphrase: str | None) -> None:
        """Say how to get the secret keys, each by itself as gpg exports it."""
        self._export = export
        self._passphrase = passphrase
        self._files = 0
        self._worker: Worker | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._worker:
            self._worker.close()

    @property
    def process_id(self) -> int | None:
        return self._worker.process.pid if self._worker else None

    def read(
        self, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T] | None:
        """Hand a file's plaintext to `use`.

        Returns:
            The plaintext and what `use` made of it; None if the file is not opened here, and then
            whatever `use` has seen is worth nothing.
        """
        size_bytes = ciphertext.stat().st_size
        if size_bytes > PAYS_UP_TO_BYTES:
            return None
        with self._turn:
            worker = self._worker_for(size_bytes)
            return _read(worker, ciphertext, use, max_bytes=max_bytes) if worker else None

    def _worker_for(self, size_bytes: int) -> Worker | None:
        self._files += 1
        pays = self._files > PAYS_AFTER_FILES or size_bytes >= PAYS_FROM_BYTES
        if pays and self._worker is None:
            self._worker = _unlocking_worker(self._export(), passphrase=self._passphrase)
        return self._worker


def _unlocking_worker(keys: list[bytes], *, passphrase: str | None) -> Worker:
    encoded = [base64.b64encode(key).decode() for key in keys]
    secrets = json.dumps({"keys": encoded, "passphrase": passphrase})
    return Worker("ingest.unlocked_worker", secrets=secrets.encode())


def _read(
    worker: Worker, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
) -> tuple[Plaintext, T] | None:
    with plaintext_pipe(limit=max_bytes) as (plain, write_end):
        try:
            worker.ask(str(ciphertext), [write_end])
        except WorkerLost:
            return None
        finally:
            os.close(write_end)
        try:
            used = use(plain)
            plain.drain()
        finally:
            plain.close()
            plain.key_id = _answer(worker)
    plain.is_whole = plain.key_id is not None and plain.size_bytes <= max_bytes
    return (plain, used) if plain.is_whole else None


def _answer(worker: Worker) -> str | None:
    """Hear which key has opened the file; a process that is gone opened none."""
    try:
        key_id: str | None = worker.answer()
    except WorkerLost:
        return None
    return key_id
