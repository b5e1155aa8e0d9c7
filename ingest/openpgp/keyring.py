"""Decrypt messages with the keys of a GnuPG home, by gpg or by keys unlocked for many files."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ingest.openpgp.decryption import Gpg
from ingest.openpgp.gnupg_home import GnupgHome
from ingest.openpgp.message.form import Message, open_message
from ingest.openpgp.message.plaintext import Plaintext, plaintext_pipe
from ingest.openpgp.receiver_key import check_keys
from ingest.openpgp.report import UnreadError, check_report
from ingest.openpgp.unlocked import Secrets, UnlockedKeys

T = TypeVar("T")


class Keyring:
    """The private keys of a GnuPG home, and the passphrase that unlocks them."""

    def __init__(
        self, home: Path, *, passphrase: str | None = None, may_unlock: bool = True
    ) -> None:
        """Open a GnuPG home.

        Args:
            may_unlock: secret keys may leave gpg-agent while many files are read.

        Raises:
            SettingsError: home is no folder.
            KeyringError: gpg is not installed.
        """
        self.home = GnupgHome(home)
        self._passphrase = passphrase
        self._may_unlock = may_unlock
        self._unlocked: UnlockedKeys | None = None

    def check(self) -> None:
        """Check that a message can be opened at all.

        Raises:
            SettingsError: no private key here decrypts, or the passphrase is not that of the keys.
        """
        check_keys(self.home, passphrase=self._passphrase)

    @contextmanager
    def unlocking(self) -> Iterator[None]:
        """Unlock the private keys once for all files read in the block, when they are many.

        gpg decrypts the messages whose key it does not hand out.
        """
        if not self._may_unlock:
            yield
            return
        with UnlockedKeys(self._secrets) as keys:
            self._unlocked = keys
            try:
                yield
            finally:
                self._unlocked = None

    def _secrets(self) -> Secrets:
        return {
            "keys": self.home.export_private(passphrase=self._passphrase),
            "passphrase": self._passphrase,
            "signers": self.home.public_key_ids(),
        }

    def read(
        self, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T]:
        """Hand a file's plaintext to `use`, as a stream that never touches a disk.

        gpg decides where unlocked keys do not open a message; `use` is then called again.

        Returns:
            The complete plaintext, read to its end, and the result of `use`.

        Raises:
            RejectedError: no key of ours opens it, it is damaged or badly signed, or it is larger
                than max_bytes.
        """
        with open_message(ciphertext) as message:
            if self._unlocked and (
                opened := self._unlocked.read(message, use, max_bytes=max_bytes)
            ):
                return opened
            try:
                with self._decrypting(message, max_bytes=max_bytes) as plain:
                    used = use(plain)
            except UnreadError as first:
                with self._decrypting(message, max_bytes=max_bytes, first=first) as plain:
                    used = use(plain)
            return plain, used

    @contextmanager
    def decrypt(
        self, ciphertext: Path, *, max_bytes: int, is_complete: bool = True
    ) -> Iterator[Plaintext]:
        """Open the plaintext of a file, which gpg decrypts at once.

        The end of the block reads the rest, so that size and hash are those of the complete file.

        Args:
            is_complete: False if the file is known to be only the start of a message.

        Raises:
            RejectedError: as `read` does.
        """
        with (
            open_message(ciphertext, is_complete=is_complete) as message,
            self._decrypting(message, max_bytes=max_bytes) as plain,
        ):
            yield plain

    @contextmanager
    def _decrypting(
        self, message: Message, *, max_bytes: int, first: UnreadError | None = None
    ) -> Iterator[Plaintext]:
        """Open a plaintext, and check gpg's report at the end of the block.

        Args:
            first: the error of the first attempt; then gpg only takes off the encryption.
        """
        gpg = Gpg(
            command=self.home.command(takes_passphrase=self._passphrase is not None),
            passphrase=self._passphrase,
            file=message.file,
            max_bytes=max_bytes,
        )
        run = gpg.unwrap_into if first else gpg.decrypt_into
        limit = max_bytes if first else math.inf
        with (
            plaintext_pipe(limit=limit) as (plain, write_end),
            ThreadPoolExecutor(max_workers=1) as executor,
        ):
            running = executor.submit(run, write_end)
            try:
                yield plain
            finally:
                plain.drain()
                plain.close()
                report = running.result()
                check_report(report, plain, message=message, max_bytes=max_bytes, first=first)
