"""List, make, import and export the keys of a GnuPG home; the only importer of gnupg.

python-gnupg never raises for a failure of gpg (read in 0.5.7), so each result is checked here.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import gnupg

from ingest.errors import KeyringError, SettingsError
from ingest.settings.isolation import gpg_environment

_OFFLINE: Final = ["--no-options", "--disable-dirmngr", "--no-auto-key-locate"]
_INSTALL: Final = "install it with: sudo apt-get install gnupg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key pair."""

    fingerprint: str
    user_id: str
    created: date | None
    expires: date | None

    def expires_within(self, days: int, *, today: date) -> bool:
        """Say whether the key has expired or will expire within that many days."""
        return self.expires is not None and (self.expires - today).days <= days


class GnupgHome:
    """A folder of keys: the receiver's private keys, or the public keys that a sender has."""

    def __init__(self, path: Path) -> None:
        """Open a GnuPG home.

        Raises:
            SettingsError: the path is no folder.
            KeyringError: gpg is not installed.
        """
        if not path.is_dir():
            raise SettingsError(
                f"MX_GNUPGHOME: expected a GnuPG home, found no folder {path}; "
                "make one with: ingest keys new"
            )
        try:
            self._gpg = gnupg.GPG(
                gnupghome=str(path), options=list(_OFFLINE), env=gpg_environment()
            )
        except OSError as error:
            raise KeyringError(f"gpg: expected on the PATH, found none; {_INSTALL}") from error
        self.path = path

    def command(self, *, takes_passphrase: bool = False) -> list[str]:
        """Give the gpg command line for this home; the caller appends what gpg has to do.

        Args:
            takes_passphrase: gpg reads the passphrase as the first line of its standard input.
        """
        command: list[str] = self._gpg.make_args([], takes_passphrase)
        return command

    def private_keys(self) -> list[Key]:
        """List the keys whose private half is here, the oldest first."""
        return [
            Key(
                fingerprint=each["fingerprint"],
                user_id=each["uids"][0] if each["uids"] else "",
                created=_day(each["date"]),
                expires=_day(each["expires"]),
            )
            for each in self.describe_private_keys()
        ]

    def describe_private_keys(self) -> list[dict[str, Any]]:
        """List the private keys as python-gnupg describes them, the oldest first."""
        return sorted(self._gpg.list_keys(secret=True), key=_age)

    def public_key_ids(self) -> list[str]:
        """List the IDs of all keys and subkeys by which gpg can check a signature."""
        listed = self._gpg.list_keys()
        subkeys = [subkey[0] for each in listed for subkey in each["subkeys"]]
        return [each["keyid"] for each in listed] + subkeys

    def export_private(self, *, passphrase: str | None) -> list[str]:
        """Export each private key in base64, still locked by its passphrase.

        A key that gpg does not hand out is left out: a key on a card, or one whose passphrase is
        not known.
        """
        exports = [
            self._gpg.export_keys(
                key.fingerprint, secret=True, armor=False, passphrase=passphrase or ""
            )
            for key in self.private_keys()
        ]
        return [base64.b64encode(exported).decode() for exported in exports if exported]

    def export_public(self, fingerprint: str) -> str:
        """Return a public key as ASCII armour, the form that MX asks for.

        Raises:
            KeyringError: there is no such key.
        """
        armour: str = self._gpg.export_keys(fingerprint)
        if not armour:
            raise KeyringError(
                f"key {fingerprint}: expected in {self.path}, found none; see: ingest keys list"
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

    def make_key(self, *, user_name: str, email: str, expires: str, passphrase: str) -> str:
        """Make an RSA-4096 pair with a subkey for encryption, and return its fingerprint.

        Raises:
            KeyringError: gpg refuses.
        """
        wanted = self._gpg.gen_key_input(
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
        result = self._gpg.gen_key(wanted)
        if not result.fingerprint:
            raise KeyringError(f"key folder {self.path}: expected a new key, found gpg refusing")
        fingerprint: str = result.fingerprint
        return fingerprint


def _age(listed: dict[str, Any]) -> tuple[str, str]:
    return str(_day(listed["date"])), listed["fingerprint"]


def _day(epoch: str) -> date | None:
    return datetime.fromtimestamp(int(epoch), tz=UTC).date() if epoch else None
