"""Decrypt with keys that were unlocked once: the program behind `ingest.openpgp.unlocked`.

The only importer of pysequoia. Standard input brings the secret keys. A request is the IDs of the
keys that a message is encrypted to, and beside them its descriptor and one that takes the plain
bytes; the answer tells which key has opened it, or is null where gpg must try.
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
from ingest.openpgp.decryption import NOT_CHECKED
from ingest.openpgp.unlocked import Secrets
from ingest.settings.isolation import leave_no_core

KEY_ID_CHARACTERS: Final = 16


def unlock(exported: bytes, *, passphrase: str | None) -> dict[str, Any]:
    """Unlock an exported key and return a decryptor for each key in it that decrypts, by its ID.

    What stays shut is left out: a key on a card is exported as a stub, and some have another
    passphrase.
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
    """Split a key: its primary key with all that belongs to it, then each subkey with its own."""
    parts: list[list[Any]] = [[]]
    for packet in PacketPile.from_bytes(exported):
        if packet.tag == Tag.SecretSubkey:
            parts.append([])
        parts[-1].append(packet)
    return parts


class _SignedError(Exception):
    """Stops a decryption as soon as it is known who has signed."""


def find_signers(path: str, *, decryptor: Any) -> list[str]:
    """Say by whose keys a message is signed, by fingerprint or ID.

    Sequoia asks for the signers' keys before it gives out the first byte. It would not decrypt a
    message without a good signature while there is somebody to ask, so it is stopped there.

    Raises:
        RuntimeError: it does not decrypt.
    """
    found: list[str] = []

    def hear(key_ids: list[str]) -> None:
        found.extend(key_ids)
        raise _SignedError

    with suppress(_SignedError):
        decrypt_file(path, os.devnull, decryptor=decryptor, store=hear)
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
        The ID of the key that did it, and what is known of signatures; None where gpg must try, as
        it must where it could check one.
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
