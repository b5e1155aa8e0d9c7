"""Check before a run that a private key can open messages and that the passphrase unlocks it."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ingest.errors import SettingsError
from ingest.openpgp.gpg.home import GnupgHome
from ingest.settings.isolation import gpg_environment

_ABSENT: Final = "#"
"""gpg lists this for a private key that is elsewhere; a key on a card has a number."""
_HERE: Final = "+"
_DECRYPTS: Final = "e"
_VERIFIED: Final = "SUCCESS keyedit.passwd"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """A check of the private keys in a GnuPG home."""

    home: GnupgHome
    passphrase: str | None

    def check(self) -> None:
        """Check that a private key decrypts, and that the passphrase unlocks it.

        Raises:
            SettingsError: no private key decrypts, or the passphrase unlocks none.
        """
        listed = self.home.describe_private_keys()
        keys = [(key, parts) for key in listed if (parts := list(_decrypting_parts(key)))]
        if not keys:
            raise SettingsError(
                f"MX_GNUPGHOME: expected a private key that decrypts in {self.home.path}, "
                "found none; import the key pair that MX encrypts to, or make one with: "
                "ingest keys new"
            )
        if not any(self._opens(key, parts) for key, parts in reversed(keys)):
            found = "found nothing" if self.passphrase is None else "found another"
            raise SettingsError(
                f"MX_GPG_PASSPHRASE: expected the passphrase of key {keys[-1][0]['fingerprint']}, "
                f"{found}; set it, or MX_GPG_PASSPHRASE_FILE, to the one that the key was made with"
            )

    def _opens(self, key: dict[str, Any], parts: Sequence[dict[str, Any]]) -> bool:
        """Ask gpg-agent to verify a passphrase, which it does without its cache.

        A card asks for its PIN itself. Without a passphrase only the cache can help.
        """
        if any(part["token"] != _HERE for part in parts):
            return True
        if self._is_verified(key["fingerprint"]):
            return True
        return self.passphrase is None and any(self._is_cached(part["keygrip"]) for part in parts)

    def _is_verified(self, fingerprint: str) -> bool:
        command = self.home.command(takes_passphrase=True)
        done = subprocess.run(  # noqa: S603 - own command, no shell
            [*command, "--dry-run", "--passwd", fingerprint],
            input=f"{self.passphrase or ''}\n".encode(),
            env=gpg_environment(),
            capture_output=True,
            check=False,
        )
        return _VERIFIED in done.stderr.decode(errors="replace")

    def _is_cached(self, grip: str) -> bool:
        """Ask gpg-agent whether it would use a key without asking (`help keyinfo`)."""
        home = str(self.home.path)
        command = ["gpg-connect-agent", "--homedir", home, f"KEYINFO {grip}", "/bye"]
        done = subprocess.run(  # noqa: S603 - own command, no shell
            command, env=gpg_environment(), capture_output=True, check=False, text=True
        )
        return done.stdout.split()[6:7] == ["1"]


def _decrypting_parts(key: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the primary key and subkeys that decrypt and whose private halves are here."""
    for part in (key, *key.get("subkey_info", {}).values()):
        if _DECRYPTS in part["cap"] and part["token"] not in ("", _ABSENT):
            yield part
