"""The keys of erased records, as keyed hashes: they tell a row that comes back, and name nobody."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ingest.errors import SettingsError
from ingest.store.durable import make_folder, write_in_place
from ingest.store.index.state import LedgerState

KEY_FILE: Final = "erased.key"
KEY_BYTES: Final = 32
_CHECK: Final = "erasures of this data folder"
_LABEL: Final = b"mx-ingest erased keys"
_HASH_BYTES: Final = 16
"""So many bits that two keys of a billion do not share them."""


class ErasedKeys:
    """Hashes keys, and knows which are of erased records."""

    def __init__(self, secret: bytes, hashes: Iterable[str] = ()) -> None:
        self._secret = secret
        self.hashes = set(hashes)

    def only(self, *hashes: str) -> "ErasedKeys":
        """Hash with the same secret, and know these records alone."""
        return ErasedKeys(self._secret, hashes)

    @property
    def check(self) -> str:
        """Tell the secret from another one, without giving it away."""
        return self._hash(_CHECK)

    def hash(self, client_guid: str, resource: str, guid: str) -> str:
        """Hash the key of a record."""
        return self._hash(f"{client_guid}\0{resource}\0{guid}")

    def find(self, client_guid: str, resource: str, guids: Iterable[str]) -> list[str]:
        """Give those of the guids whose records were erased."""
        start = f"{client_guid}\0{resource}\0"
        return [guid for guid in guids if self._hash(start + guid) in self.hashes]

    def _hash(self, text: str) -> str:
        data = text.encode(errors="surrogatepass")
        return hashlib.blake2b(data, key=self._secret, digest_size=_HASH_BYTES).hexdigest()


def read_keys(data: Path, state: LedgerState, *, mask_key: str | None) -> ErasedKeys | None:
    """Read the keys of all erased records; None where nothing was ever erased.

    Raises:
        SettingsError: they were hashed with a secret that is not here.
    """
    if not (expected := state.meta.erases_with):
        return None
    keys = ErasedKeys(_read_secret(data) or _derive(mask_key), state.erased_keys())
    if keys.check != expected:
        raise SettingsError(
            f"{data / KEY_FILE}: expected the key by which erased users are known again, found "
            "none or another; restore it from a backup, or set MX_MASK_KEY to what it was then"
        )
    return keys


def make_keys(data: Path, state: LedgerState, *, mask_key: str | None) -> ErasedKeys:
    """Read the keys of all erased records, and make the secret before the first erasure.

    Raises:
        SettingsError: as `read_keys` does.
    """
    if keys := read_keys(data, state, mask_key=mask_key):
        return keys
    if not (secret := _read_secret(data)):
        secret = _derive(mask_key) if mask_key else secrets.token_bytes(KEY_BYTES)
        write_in_place(make_folder(data) / KEY_FILE, secret.hex().encode() + b"\n")
    return ErasedKeys(secret)


def _read_secret(data: Path) -> bytes:
    path = data / KEY_FILE
    if not path.exists():
        return b""
    try:
        return bytes.fromhex(path.read_text().strip())
    except ValueError:
        return b""


def _derive(mask_key: str | None) -> bytes:
    """Derive the secret from MX_MASK_KEY, so that a restored machine has it, too."""
    return hmac.digest((mask_key or "").encode(), _LABEL, "sha256")
