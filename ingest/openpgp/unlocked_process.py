"""Decrypt with keys that were unlocked once: the program behind `ingest.openpgp.unlocked`.

The only importer of pysequoia. Standard input brings the secret keys. A request has the IDs of a
message's recipients, the message's descriptor, and one for the plain bytes. The answer names the
key that opened the message; null means that gpg must try.
"""

import base64
import json
import os
import sys
from contextlib import suppress
from typing import Any, Final

from pysequoia import Tsk, decrypt_file
from pysequoia.packet import PacketPile, Tag

from ingest.concurrency import serve
from ingest.openpgp.report import NOT_CHECKED
from ingest.openpgp.unlocked import Secrets
from ingest.settings.isolation import leave_no_core

KEY_ID_CHARACTERS: Final = 16


def unlock(exported: bytes, *, passphrase: str | None) -> dict[str, Any]:
    """Unlock an exported key and return a decryptor for each key in it that decrypts, by its ID.

    Keys that stay locked are left out: a stub of a key on a card, or one with another passphrase.
    """
    decryptors = {}
    with suppress(RuntimeError):
        primary, *subkeys = _parts(exported)
        for key, packets in [(primary, primary), *((each, primary + each) for each in subkeys)]:
            with suppress(RuntimeError):
                decryptor = Tsk.from_packets(packets).decryptor(passphrase)
                decryptors[key[0].key_id.upper()] = decryptor
    return decryptors


def _parts(exported: bytes) -> list[list[Any]]:
    """Split a key into the packets of its primary key and those of each subkey."""
    parts: list[list[Any]] = [[]]
    for packet in PacketPile.from_bytes(exported):
        if packet.tag == Tag.SecretSubkey:
            parts.append([])
        parts[-1].append(packet)
    return parts


class _SignedError(Exception):
    """Stops a decryption as soon as the signers are known."""


def find_signers(path: str, *, decryptor: Any) -> list[str]:
    """List the keys that signed a message, by fingerprint or ID.

    Sequoia asks for the signers' keys before it writes the first byte. It would refuse a message
    without a good signature if it could ask, so it is stopped there.

    Raises:
        RuntimeError: it does not decrypt.
    """
    found: list[str] = []

    def stop(key_ids: list[str]) -> None:
        found.extend(key_ids)
        raise _SignedError

    with suppress(_SignedError):
        decrypt_file(path, os.devnull, decryptor=decryptor, store=stop)
    return found


def decrypt(
    message: int,
    *,
    output: int,
    recipients: list[str],
    decryptors: dict[str, Any],
    signers: set[str],
) -> dict[str, Any] | None:
    """Decrypt a message into a descriptor.

    Returns:
        The ID of the key that opened it, and a word about its signatures. None where gpg must try:
        the message does not open here, or gpg could check a signature.
    """
    key_id = next((each for each in recipients if each in decryptors), None)
    if key_id is None:
        return None
    path, decryptor = f"/dev/fd/{message}", decryptors[key_id]
    with suppress(RuntimeError):
        found = {
            each.upper()[-KEY_ID_CHARACTERS:] for each in find_signers(path, decryptor=decryptor)
        }
        if found & signers:
            return None
        os.lseek(message, 0, os.SEEK_SET)
        decrypt_file(path, f"/dev/fd/{output}", decryptor=decryptor)
        return {"key_id": key_id, "signature": NOT_CHECKED if found else None}
    return None


def main() -> None:
    leave_no_core()
    secrets: Secrets = json.load(sys.stdin)
    decryptors: dict[str, Any] = {}
    for exported in secrets["keys"]:
        decryptors |= unlock(base64.b64decode(exported), passphrase=secrets["passphrase"])
    signers = set(secrets["signers"])

    def answer(recipients: list[str], descriptors: list[int]) -> dict[str, Any] | None:
        message, output = descriptors
        with suppress(OSError):
            return decrypt(
                message,
                output=output,
                recipients=recipients,
                decryptors=decryptors,
                signers=signers,
            )
        return None

    serve(answer)


if __name__ == "__main__":
    main()
