"""Run gpg on one message, and collect its report."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from subprocess import PIPE, Popen
from typing import IO, BinaryIO, Final

from ingest.openpgp.message.contents import Contents
from ingest.openpgp.message.packets import CutOffError, NoPacketError
from ingest.openpgp.message.plaintext import CHUNK_BYTES
from ingest.openpgp.report import Report
from ingest.settings.isolation import gpg_environment

DECRYPT: Final = ("--decrypt",)
UNWRAP: Final = ("--output", "-", "--unwrap", "--decrypt")
"""Take off the encryption, and leave the contents as they are."""
_STDERR_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpg:
    """A call of gpg for one message."""

    command: Sequence[str]
    passphrase: str | None
    file: BinaryIO
    max_bytes: int

    def decrypt_into(self, output: int) -> Report:
        """Let gpg write the plaintext into a pipe itself, which saves a copy; closes the pipe."""
        with os.fdopen(output, "wb") as pipe:
            gpg = self._start(DECRYPT, stdout=pipe)
        with gpg:
            return Report(_read_stderr(gpg), gpg.wait())

    def unwrap_into(self, output: int) -> Report:
        """Let gpg take off the encryption, and write the literal data into a pipe; closes it."""
        gpg, is_readable = self._start(UNWRAP, stdout=PIPE), False
        with gpg, ThreadPoolExecutor(max_workers=1) as executor:
            stderr = executor.submit(_read_stderr, gpg)
            assert gpg.stdout  # noqa: S101 - it is a pipe
            contents = Contents(gpg.stdout)
            with (
                suppress(BrokenPipeError, CutOffError, NoPacketError),
                os.fdopen(output, "wb") as pipe,
            ):
                pipe.writelines(contents.read())
                is_readable = True
            while gpg.stdout.read(CHUNK_BYTES):
                pass
            return Report(
                stderr.result(),
                gpg.wait(),
                is_signed=contents.is_signed,
                is_readable=is_readable,
            )

    def _start(self, task: Sequence[str], *, stdout: IO[bytes] | int) -> Popen[bytes]:
        descriptor = self.file.fileno()
        path = f"/dev/fd/{descriptor}"
        gpg = Popen(  # noqa: S603 - own command, no shell
            [*self.command, "--max-output", str(self.max_bytes), *task, "--", path],
            stdin=PIPE,
            stdout=stdout,
            stderr=PIPE,
            env=gpg_environment(),
            pass_fds=[descriptor],
        )
        assert gpg.stdin  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError), gpg.stdin as stdin:
            stdin.write(f"{self.passphrase or ''}\n".encode())
        return gpg


def _read_stderr(gpg: Popen[bytes]) -> str:
    """Keep the beginning and the end: a message can make gpg write more than memory holds."""
    assert gpg.stderr  # noqa: S101 - it is a pipe
    head, tail = gpg.stderr.read(_STDERR_BYTES), b""
    while more := gpg.stderr.read(CHUNK_BYTES):
        tail = (tail + more)[-CHUNK_BYTES:]
    return (head + tail).decode(errors="replace")
