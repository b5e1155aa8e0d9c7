"""Encrypt a stream into a file with gpg; no plaintext touches a disk."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import BinaryIO, Final, cast

from ingest.errors import KeyringError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.report import Report
from ingest.settings.isolation import gpg_environment

QUICK: Final = ("--compress-level", "1")
"""Takes a third of the time of gpg's own level, for 5 in 100 more bytes."""
AS_IT_IS: Final = ("--compress-algo", "none")
"""Takes a tenth of that time again, for contents that are compressed already."""
TO_ANY_KEY: Final = ("--encrypt", "--trust-model", "always")
"""A home that holds only the receiver's key needs no web of trust."""

Encrypt = Callable[[Path, bool], AbstractContextManager[BinaryIO]]
"""Opens a stream whose bytes become a file's ciphertext; True says that they are compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The way in which files are encrypted for one receiver."""

    keyring: Keyring
    recipient: str
    """The fingerprint of the receiver's key."""
    options: tuple[str, ...] = ()
    """More options of gpg."""

    @contextmanager
    def encrypt_into(self, path: Path) -> Iterator[BinaryIO]:
        """Open a stream whose bytes gpg encrypts into a file.

        Raises:
            KeyringError: gpg refused.
        """
        target = ("--recipient", self.recipient, "--yes", "--output", str(path))
        gpg = Popen(  # noqa: S603 - own command, no shell
            [*self.keyring.home.command(), *self.options, *TO_ANY_KEY, *target],
            stdin=PIPE,
            stderr=PIPE,
            env=gpg_environment(),
        )
        with gpg:
            assert gpg.stdin and gpg.stderr  # noqa: S101 - they are pipes
            # when gpg refuses, the pipe breaks first; stderr has the reason
            with suppress(BrokenPipeError), gpg.stdin as stream:
                yield cast("BinaryIO", stream)
            report = Report(gpg.stderr.read().decode(errors="replace"), gpg.wait())
        if report.returncode or not report.lines("END_ENCRYPTION"):
            raise KeyringError(
                f"key {self.recipient}: expected gpg to encrypt, found: {report.last_words}"
            )


def to_newest_key(keyring: Keyring) -> Encrypt:
    """Encrypt to the newest key pair of a keyring, which is looked up with each file."""

    @contextmanager
    def encrypt_into(path: Path, is_compressed: bool) -> Iterator[BinaryIO]:
        keys = keyring.home.private_keys()
        if not keys:
            raise KeyringError(
                "a file came in the clear: expected a key pair to encrypt it to, found none; "
                "make one with: ingest keys new"
            )
        options = AS_IT_IS if is_compressed else QUICK
        post = Post(keyring=keyring, recipient=keys[-1].fingerprint, options=options)
        with post.encrypt_into(path) as stream:
            yield stream

    return encrypt_into
