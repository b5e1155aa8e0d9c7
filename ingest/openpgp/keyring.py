"""Decrypt and encrypt streams with gpg; the only importer of gnupg.

python-gnupg never raises for gpg's failures (read in 0.5.7): a decryption is good only if gpg said
so and left with 0.
"""

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import gnupg

from ingest.errors import KeyringError, SettingsError
from ingest.openpgp.decryption import Gpg
from ingest.openpgp.failures import UnreadError, judge
from ingest.openpgp.key_check import KeyCheck
from ingest.openpgp.message.form import Message, open_message
from ingest.openpgp.plaintext import Plaintext, plaintext_pipe
from ingest.openpgp.unlocked import Secrets, UnlockedKeys
from ingest.settings.isolation import gpg_environment

T = TypeVar("T")

_OFFLINE: Final = ["--no-options", "--disable-dirmngr", "--no-auto-key-locate"]
_INSTALL: Final = "install it with: sudo apt-get install gnupg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair of the receiver."""

    fingerprint: str
    user_id: str
    created: date | None
    expires: date | None

    def expires_within(self, days: int, *, today: date) -> bool:
        """Say whether MX will soon be unable to encrypt to it, or is already."""
        return self.expires is not None and (self.expires - today).days <= days


class Keyring:
    """A GnuPG home: the receiver's private keys, or a sender's public ones."""

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
        if not home.is_dir():
            raise SettingsError(
                f"MX_GNUPGHOME: expected a GnuPG home, found no folder {home}; "
                "make one with: ingest keys new"
            )
        try:
            self._gpg = gnupg.GPG(
                gnupghome=str(home), options=list(_OFFLINE), env=gpg_environment()
            )
        except OSError as error:
            raise KeyringError(f"gpg: expected on the PATH, found none; {_INSTALL}") from error
        self._home = home
        self._passphrase = passphrase
        self._may_unlock = may_unlock
        self._unlocked: UnlockedKeys | None = None

    def check(self) -> None:
        """See that a message can be opened at all.

        Raises:
            SettingsError: no private key here decrypts, or the passphrase is not that of the keys.
        """
        options = self._gpg.make_args([], passphrase=True)
        listed = sorted(self._gpg.list_keys(secret=True), key=_age)
        KeyCheck(home=self._home, options=options, passphrase=self._passphrase).check(listed)

    @contextmanager
    def unlocking(self) -> Iterator[None]:
        """Unlock the private keys once for the files read meanwhile, when these become many.

        gpg does not hand out keys on a card, nor any for which the passphrase is missing: their
        messages it decrypts itself.
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
        """Gather what an unlocked worker needs to know."""
        return {
            "keys": [base64.b64encode(each).decode() for each in self._export_private()],
            "passphrase": self._passphrase,
            "signers": self._public_key_ids(),
        }

    def _export_private(self) -> list[bytes]:
        exports = [
            self._gpg.export_keys(
                key.fingerprint, secret=True, armor=False, passphrase=self._passphrase or ""
            )
            for key in self.private_keys()
        ]
        return [exported for exported in exports if exported]

    def _public_key_ids(self) -> list[str]:
        """List the keys by which gpg can check a signature."""
        listed = self._gpg.list_keys()
        subkeys = [subkey[0] for each in listed for subkey in each["subkeys"]]
        return [each["keyid"] for each in listed] + subkeys

    def read(
        self, ciphertext: Path, use: Callable[[Plaintext], T], *, max_bytes: int
    ) -> tuple[Plaintext, T]:
        """Hand a file's plaintext to `use`, as a stream that never touches a disk.

        Where unlocked keys do not open it gpg has the last word, and `use` gets it once more.

        Returns:
            The whole plaintext, read to its end, and what `use` made of it.

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
        self, ciphertext: Path, *, max_bytes: int, is_whole: bool = True
    ) -> Iterator[Plaintext]:
        """Open the plaintext of a file, as gpg reads it at once.

        Leaving the block reads what is left of it, so that size and hash are those of the whole.

        Args:
            is_whole: False if it is known to be only the start of a file.

        Raises:
            RejectedError: as `read` does.
        """
        with (
            open_message(ciphertext, is_whole=is_whole) as message,
            self._decrypting(message, max_bytes=max_bytes) as plain,
        ):
            yield plain

    @contextmanager
    def _decrypting(
        self, message: Message, *, max_bytes: int, first: UnreadError | None = None
    ) -> Iterator[Plaintext]:
        """Open a plaintext, and leave with gpg's verdict.

        Args:
            first: that of the first time, if this is the second, when gpg only takes the encryption
                off.
        """
        gpg = Gpg(
            options=self._gpg.make_args([], self._passphrase is not None),
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
                judge(running.result(), plain, message=message, max_bytes=max_bytes, first=first)

    def _gpg_with_result(self) -> tuple[gnupg.GPG, gnupg.Crypt]:
        """Give a gpg of one's own, and what it will have said even where python-gnupg raises.

        gpg hangs up early on what it cannot read or will not do; the broken pipe tells nothing.
        """
        gpg = copy(self._gpg)
        result = gnupg.Crypt(gpg)
        gpg.result_map = gpg.result_map | {"crypt": lambda _: result}
        return gpg, result

    def encrypt(
        self, source: BinaryIO, *, output: Path, recipient: str, options: Sequence[str] = ()
    ) -> None:
        """Encrypt a stream to a key of this home, into a file.

        Args:
            options: more of gpg's own.

        Raises:
            KeyringError: gpg refused.
        """
        gpg, result = self._gpg_with_result()
        with suppress(BrokenPipeError):
            gpg.encrypt_file(
                source,
                [recipient],
                output=str(output),
                always_trust=True,
                armor=False,
                extra_args=[*options],
            )
        if not result.ok or result.returncode:
            raise KeyringError(f"key {recipient}: expected gpg to encrypt, found {result.status}")

    def private_keys(self) -> list[Key]:
        """List the keys whose private half is here, in the order in which they were made."""
        return [
            Key(
                fingerprint=each["fingerprint"],
                user_id=each["uids"][0] if each["uids"] else "",
                created=_day(each["date"]),
                expires=_day(each["expires"]),
            )
            for each in sorted(self._gpg.list_keys(secret=True), key=_age)
        ]

    def export_public(self, fingerprint: str) -> str:
        """Return a public key as ASCII armour, the form that MX asks for.

        Raises:
            KeyringError: there is no such key.
        """
        armour: str = self._gpg.export_keys(fingerprint)
        if not armour:
            raise KeyringError(
                f"key {fingerprint}: expected in {self._home}, found none; see: ingest keys list"
            )
        return armour

    def import_public(self, armour: str) -> str:
        """Add an armoured public key and return its fingerprint.

        Raises:
            KeyringError: the text holds no key.
        """
        result = self._gpg.import_keys(armour)
        if not result.fingerprints:
            raise KeyringError("public key: expected ASCII armour, found no key in it")
        fingerprint: str = result.fingerprints[0]
        return fingerprint


def make_key(home: Path, *, user_name: str, email: str, expires: str, passphrase: str) -> str:
    """Make an RSA-4096 pair with a subkey for encryption, and return its fingerprint.

    Raises:
        KeyringError: gpg is missing or refuses.
    """
    gpg = Keyring(home)._gpg
    result = gpg.gen_key(
        gpg.gen_key_input(
            key_type="RSA",
            key_length=4096,
            key_usage="cert,sign",
            subkey_type="RSA",
            subkey_length=4096,
            subkey_usage="encrypt",
            name_real=user_name,
            name_email=email,
            expire_date=expires,
            passphrase=passphrase,
        )
    )
    if not result.fingerprint:
        raise KeyringError(f"key folder {home}: expected a new key, found gpg refusing")
    fingerprint: str = result.fingerprint
    return fingerprint


def _age(listed: dict[str, Any]) -> tuple[str, str]:
    return str(_day(listed["date"])), listed["fingerprint"]


def _day(epoch: str) -> date | None:
    return datetime.fromtimestamp(int(epoch), tz=UTC).date() if epoch else None
