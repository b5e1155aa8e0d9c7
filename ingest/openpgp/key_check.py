"""Whether a GnuPG home can open a message at all, asked before any message is judged by it."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import SettingsError
from ingest.settings.isolation import gpg_environment

_ABSENT: Final = "#"
"""What gpg lists in place of a private key that is elsewhere; that on a card has a number."""
_HERE: Final = "+"
_DECRYPTS: Final = "e"
_VERIFIED: Final = "SUCCESS keyedit.passwd"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """How to ask gpg about the private keys of a home."""

    home: Path
    options: Sequence[str]
    """Of gpg, when it gets a passphrase from its standard input."""
    passphrase: str | None

    def check(self, listed: Sequence[dict[str, Any]]) -> None:
        """See that one of the private keys decrypts, and that the passphrase unlocks it.

        Args:
            listed: what python-gnupg tells of them, the oldest first.

        Raises:
            SettingsError: there is none, or it stays locked.
        """
        keys = [(key, parts) for key in listed if (parts := list(_decrypting_parts(key)))]
        if not keys:
            raise SettingsError(
                f"MX_GNUPGHOME: expected a private key that decrypts in {self.home}, found none; "
                "import the key pair that MX encrypts to, or make one with: ingest keys new"
            )
        if not any(self._opens(key, parts) for key, parts in reversed(keys)):
            found = "found nothing" if self.passphrase is None else "found another"
            raise SettingsError(
                f"MX_GPG_PASSPHRASE: expected the passphrase of key {keys[-1][0]['fingerprint']}, "
                f"{found}; set it, or MX_GPG_PASSPHRASE_FILE, to the one that the key was made with"
            )

    def _opens(self, key: dict[str, Any], parts: Sequence[dict[str, Any]]) -> bool:
        """Ask for a key's passphrase to be verified, which gpg-agent does without its memory.

        A card asks for its PIN itself. Without a passphrase that memory is all there is.
        """
        if any(part["token"] != _HERE for part in parts):
            return True
        if _VERIFIED in self._ask("--dry-run", "--passwd", key["fingerprint"]):
            return True
        return self.passphrase is None and any(self._is_cached(part["keygrip"]) for part in parts)

    def _ask(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - no shell
            [*self.options, *arguments],
            input=f"{self.passphrase or ''}\n".encode(),
            env=gpg_environment(),
            capture_output=True,
            check=False,
        )
        return done.stderr.decode(errors="replace")

    def _is_cached(self, grip: str) -> bool:
        """Ask gpg-agent whether it would use a key without asking (`help keyinfo`)."""
        command = ["gpg-connect-agent", "--homedir", str(self.home), f"KEYINFO {grip}", "/bye"]
        done = subprocess.run(  # noqa: S603 - no shell
            command, env=gpg_environment(), capture_output=True, check=False, text=True
        )
        return done.stdout.split()[6:7] == ["1"]


def _decrypting_parts(key: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the primary key and the subkeys whose private halves are at hand and decrypt."""
    for part in (key, *key.get("subkey_info", {}).values()):
        if _DECRYPTS in part["cap"] and part["token"] not in ("", _ABSENT):
            yield part
