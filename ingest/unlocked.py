"""Keys unlocked once for many files, in a process of its own that holds them while a run lasts.

gpg-agent stretches the passphrase anew for every file; here that is paid once. What is not opened
here, for whatever reason, gpg tries again: its verdict is the one that counts.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self, TypeVar

from ingest.plaintext import Plaintext, plaintext_pipe

T = TypeVar("T")

PAYS_AFTER_FILES: Final = 3
PAYS_FROM_BYTES: Final = 1 << 20
"""A message of this size alone is worth the start of the process."""


class UnlockedKeys:
    """A process that decrypts one file at a time; it starts as soon as that pays."""

    def __init__(self, export: Callable[[], list[bytes]], *, passphrase: str | None) -> None:
        """Say how to get the secret keys, each by itself as gpg exports it."""
        self._export = export
        self._passphrase = passphrase
        self._files = 0
        self._worker: _Worker | None = None
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
        with self._turn:
            worker = self._worker_for(ciphertext)
            return worker.read(ciphertext, use, max_bytes=max_bytes) if worker else None

    def _worker_for(self, ciphertext: Path) -> "_Worker | None":
        self._files += 1
        pays = self._files > PAYS_AFTER_FILES or ciphertext.stat().st_size >= PAYS_FROM_BYTES
        if pays and self._worker is None:
            self._worker = _Worker(self._export(), passphrase=self._passphrase)
        return self._worker


class _Worker:
    """The process, and the socket over which it takes one file after the other."""

    def __init__(self, keys: list[bytes], *, passphrase: str | None) -> None:
        self._channel, theirs = socket.socketpair()
        self._answers = self._channel.makefile("rb")
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - this very Python
                [sys.executable, "-P", "-m", "ingest.unlocked_worker", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        secrets = {"keys": [base64.b64encode(key).decode() for key in keys]}
        assert self.process.stdin  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(json.dumps(secrets | {"passphrase": passphrase}).encode())

    def read(
        self, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T] | None:
        with plaintext_pipe(limit=max_bytes) as (plain, write_end):
            try:
                socket.send_fds(self._channel, [os.fsencode(ciphertext)], [write_end])
            except OSError:
                return None
            finally:
                os.close(write_end)
            try:
                used = use(plain)
                plain.drain()
            finally:
                plain.close()
                plain.key_id = self._answer()
        plain.is_whole = plain.key_id is not None and plain.size_bytes <= max_bytes
        return (plain, used) if plain.is_whole else None

    def _answer(self) -> str | None:
        """Hear which key has opened the file; a process that is gone opened none."""
        try:
            key_id: str | None = json.loads(self._answers.readline())
        except (OSError, ValueError):
            return None
        return key_id

    def close(self) -> None:
        self._answers.close()
        self._channel.close()
        self.process.wait()
