"""Run gpg on one message, and hear what it says of it (doc/DETAILS in GnuPG's sources)."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from subprocess import PIPE, Popen
from typing import IO, BinaryIO, Final

from ingest.openpgp.message.contents import Contents
from ingest.openpgp.message.packets import CutOffError, NoPacketError
from ingest.openpgp.plaintext import CHUNK_BYTES
from ingest.settings.isolation import gpg_environment

DECRYPT: Final = ("--decrypt",)
UNWRAP: Final = ("--output", "-", "--unwrap", "--decrypt")
"""Take the encryption off, and leave the contents as they are."""
BAD: Final = "bad"
_HEARD_BYTES: Final = 1 << 20
_STATUS: Final = "[GNUPG:] "
_TEXT: Final = ("74", "75")
"""Formats of literal data, in hex, of which gpg drops each carriage return."""
_SIGNATURES: Final = {
    "BADSIG": BAD,
    "ERRSIG": "not checked",
    "REVKEYSIG": "of a revoked key",
    "EXPKEYSIG": "of an expired key",
    "EXPSIG": "expired",
    "GOODSIG": "good",
}
"""Of several the worst is told, which comes first here."""
NOT_CHECKED: Final = _SIGNATURES["ERRSIG"]


@dataclass(frozen=True, slots=True)
class Report:
    """What gpg said of a message, and how it left."""

    stderr: str
    returncode: int
    is_signed: bool = False
    """Where gpg only took the encryption off: there is a signature."""
    is_readable: bool = True
    """False where gpg only took the encryption off, and what came out is no message."""

    def lines(self, word: str) -> list[list[str]]:
        """Give the arguments of each status line of a kind."""
        lines = [line.split() for line in self.stderr.splitlines() if line.startswith(_STATUS)]
        return [line[2:] for line in lines if line[1:2] == [word]]

    @property
    def is_decrypted(self) -> bool:
        """Every byte was vouched for; what they hold may have been refused."""
        return bool(self.lines("DECRYPTION_OKAY"))

    @property
    def is_good(self) -> bool:
        return self.is_decrypted and self.is_readable and self.returncode == 0

    @property
    def is_text(self) -> bool:
        return any(line[:1] and line[0] in _TEXT for line in self.lines("PLAINTEXT"))

    @property
    def signature(self) -> str | None:
        """Say in a word what gpg thinks of the signatures; None where there are none."""
        if self.is_signed:
            return NOT_CHECKED
        return next((told for word, told in _SIGNATURES.items() if self.lines(word)), None)

    @property
    def key_id(self) -> str | None:
        """Name the key that opened the message, or else one that it is encrypted to."""
        opened, wanted = self.lines("DECRYPTION_KEY"), self.lines("ENC_TO")
        if opened:
            return opened[0][0][-16:]
        return wanted[-1][0] if wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpg:
    """How to call gpg for one message."""

    options: Sequence[str]
    passphrase: str | None
    file: BinaryIO
    max_bytes: int

    def decrypt_into(self, output: int) -> Report:
        """Have gpg itself write a pipe, which is closed: to copy it here would take time."""
        with os.fdopen(output, "wb") as pipe:
            gpg = self._start(DECRYPT, stdout=pipe)
        with gpg:
            return Report(_hear(gpg), gpg.wait())

    def unwrap_into(self, output: int) -> Report:
        """Have gpg take the encryption off, and write what the contents are into a pipe."""
        gpg, is_readable = self._start(UNWRAP, stdout=PIPE), False
        with gpg, ThreadPoolExecutor(max_workers=1) as executor:
            stderr = executor.submit(_hear, gpg)
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

    def _start(self, command: Sequence[str], *, stdout: IO[bytes] | int) -> Popen[bytes]:
        descriptor = self.file.fileno()
        path = f"/dev/fd/{descriptor}"
        gpg = Popen(  # noqa: S603 - no shell
            [*self.options, "--max-output", str(self.max_bytes), *command, "--", path],
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


def _hear(gpg: Popen[bytes]) -> str:
    """Keep the beginning and the end: a message can have gpg say more than memory holds."""
    assert gpg.stderr  # noqa: S101 - it is a pipe
    head, tail = gpg.stderr.read(_HEARD_BYTES), b""
    while more := gpg.stderr.read(CHUNK_BYTES):
        tail = (tail + more)[-CHUNK_BYTES:]
    return (head + tail).decode(errors="replace")
