"""Decrypt many files with keys that are unlocked once, in separate processes.

gpg-agent stretches the passphrase again for every file; these processes pay for it once. If a file
is not opened here, gpg tries it again, and gpg's result counts.
"""

import json
import os
import threading
from collections.abc import Callable
from typing import Any, Final, Self, TypedDict, TypeVar

from ingest.concurrency import Worker, WorkerLost, WorkerPool
from ingest.openpgp.message.form import Message
from ingest.openpgp.message.plaintext import Plaintext, plaintext_pipe

T = TypeVar("T")

PAYS_AFTER_FILES: Final = 3
PAYS_FROM_BYTES: Final = 1 << 20
"""One message of this size pays for the start of the process."""
PAYS_UP_TO_BYTES: Final = 32 << 20
"""A larger message would be mapped into memory completely, and gpg reads it as fast."""
MOST_RECIPIENTS: Final = 1000


class Secrets(TypedDict):
    """The secrets that a process gets when it starts."""

    keys: list[str]
    """Each secret key as gpg exports it, in base64."""
    passphrase: str | None
    signers: list[str]
    """IDs of the public keys with which gpg checks signatures; Sequoia checks none."""


class UnlockedKeys:
    """Processes that each decrypt one file at a time; they start as soon as that pays."""

    def __init__(self, secrets: Callable[[], Secrets]) -> None:
        """Take the function that gets the secrets; it is called once."""
        self._find_secrets = secrets
        self._secrets: bytes | None = None
        self._turn = threading.Lock()
        self._files = 0
        self.workers = WorkerPool(self._start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()

    def read(
        self, message: Message, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T] | None:
        """Hand a message's plaintext to `use`.

        Returns:
            The plaintext and the result of `use`. None if the message is not opened here; then
            the bytes that `use` has seen count for nothing.
        """
        if not self._pays(message):
            return None
        try:
            with self.workers.lend() as worker:
                return _read(worker, message, use, max_bytes=max_bytes)
        except _UnlockedLost:
            return None

    def _pays(self, message: Message) -> bool:
        self._files += 1
        size_bytes = os.fstat(message.file.fileno()).st_size
        is_worth_it = self._files > PAYS_AFTER_FILES or size_bytes >= PAYS_FROM_BYTES
        is_handy = size_bytes <= PAYS_UP_TO_BYTES and len(message.recipients) <= MOST_RECIPIENTS
        return message.is_usual and is_handy and is_worth_it

    def _start(self) -> Worker:
        with self._turn:
            if self._secrets is None:
                self._secrets = json.dumps(self._find_secrets()).encode()
        return Worker("ingest.openpgp.unlocked_process", secrets=self._secrets)


class _UnlockedLost(WorkerLost):
    """The decrypting process has ended; `use` may lose a process of its own."""


def _read(
    worker: Worker, message: Message, use: Callable[[Plaintext], T], *, max_bytes: int
) -> tuple[Plaintext, T] | None:
    with plaintext_pipe(limit=max_bytes) as (plain, write_end):
        try:
            worker.ask(message.recipients, [message.file.fileno(), write_end])
        except WorkerLost as error:
            raise _UnlockedLost from error
        finally:
            os.close(write_end)
        try:
            used = use(plain)
            plain.drain()
        finally:
            plain.close()
            answer = _answer(worker)
    if answer is None or plain.size_bytes > max_bytes:
        return None
    plain.is_complete = True
    plain.key_id, plain.signature = answer["key_id"], answer["signature"]
    return plain, used


def _answer(worker: Worker) -> dict[str, Any] | None:
    """Read which key has opened the message; None if none did."""
    try:
        answer: dict[str, Any] | None = worker.answer()
    except WorkerLost as error:
        raise _UnlockedLost from error
    return answer
