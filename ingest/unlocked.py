"""Keys unlocked once for many files, in processes of their own that hold them while a run lasts.

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
from ingest.worker import Worker, WorkerLost, WorkerPool

T = TypeVar("T")

ARMOUR: Final = b"-----BEGIN"
PAYS_AFTER_FILES: Final = 3
PAYS_FROM_BYTES: Final = 1 << 20
"""A message of this size alone is worth the start of the process."""
PAYS_UP_TO_BYTES: Final = 32 << 20
"""A larger one would be mapped into memory whole, and gpg reads it as fast."""


class UnlockedKeys:
    """Processes that decrypt one file each at a time; they start as soon as that pays."""

    def __init__(self, export: Callable[[], list[bytes]], *, passphrase: str | None) -> None:
        """Say how to get the secret keys, each by itself as gpg exports it."""
        self._export = export
        self._passphrase = passphrase
        self._keys: list[bytes] | None = None
        self._turn = threading.Lock()
        self._files = 0
        self.workers = WorkerPool(self._start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()

    def read(
        self, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T] | None:
        """Hand a file's plaintext to `use`.

        Returns:
            The plaintext and what `use` made of it; None if the file is not opened here, and then
            whatever `use` has seen is worth nothing.
        """
        if not self._pays(ciphertext):
            return None
        try:
            with self.workers.lend() as worker:
                return _read(worker, ciphertext, use, max_bytes=max_bytes)
        except _UnlockedLost:
            return None

    def _pays(self, ciphertext: Path) -> bool:
        self._files += 1
        size_bytes = ciphertext.stat().st_size
        is_worth_it = self._files > PAYS_AFTER_FILES or size_bytes >= PAYS_FROM_BYTES
        return size_bytes <= PAYS_UP_TO_BYTES and (is_worth_it or _is_armoured(ciphertext))

    def _start(self) -> Worker:
        with self._turn:
            if self._keys is None:
                self._keys = self._export()
        keys = [base64.b64encode(key).decode() for key in self._keys]
        secrets = json.dumps({"keys": keys, "passphrase": self._passphrase})
        return Worker("ingest.unlocked_worker", secrets=secrets.encode())


def _is_armoured(ciphertext: Path) -> bool:
    """Tell text, in which gpg 2.2 takes an absent checksum for damage; RFC 9580 allows for it."""
    with ciphertext.open("rb") as stream:
        return stream.read(len(ARMOUR)) == ARMOUR


class _UnlockedLost(WorkerLost):
    """Not the process that converts, but the one that decrypts has ended."""


def _read(
    worker: Worker, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
) -> tuple[Plaintext, T] | None:
    with plaintext_pipe(limit=max_bytes) as (plain, write_end):
        try:
            worker.ask(str(ciphertext), [write_end])
        except WorkerLost as error:
            raise _UnlockedLost from error
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
    """Hear which key has opened the file, if one did."""
    try:
        key_id: str | None = worker.answer()
    except WorkerLost as error:
        raise _UnlockedLost from error
    return key_id
