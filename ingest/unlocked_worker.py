"""Decrypt with keys that were unlocked once: the program behind `ingest.unlocked`.

The only importer of pysequoia. Standard input brings the secret keys. A request is a file's path,
and beside it a descriptor that takes the plain bytes; the answer is the ID of the key that has
opened it, or null where gpg must try.
"""

import base64
import io
import json
import sys
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO, Final

from pysequoia import Tsk, decrypt_file
from pysequoia.packet import PacketPile, Tag

from ingest.worker import serve

PKESK_TAG: Final = 1
PKESK_VERSION: Final = 3
ARMOUR: Final = b"-----BEGIN"
HEAD_BYTES: Final = 1 << 16
"""Where an armoured message has named its recipients."""


def unlock(exported: bytes, *, passphrase: str | None) -> dict[str, Any]:
    """Unlock an exported key and return a decryptor for each of its subkeys, by its ID.

    What stays shut is left out: a key on a card is exported as a stub, and some have another
    passphrase.
    """
    decryptors = {}
    with suppress(RuntimeError):
        primary, *subkeys = _parts(exported)
        for subkey in subkeys:
            with suppress(RuntimeError):
                key = Tsk.from_packets([*primary, *subkey])
                decryptors[subkey[0].key_id.upper()] = key.decryptor(passphrase)
    return decryptors


def _parts(exported: bytes) -> list[list[Any]]:
    """Split a key: its primary key with all that belongs to it, then each subkey with its own."""
    parts: list[list[Any]] = [[]]
    for packet in PacketPile.from_bytes(exported):
        if packet.tag == Tag.SecretSubkey:
            parts.append([])
        parts[-1].append(packet)
    return parts


def recipients(message: BinaryIO) -> list[str]:
    """Read the IDs of the keys that a message is encrypted to (RFC 9580, 4.2 and 5.1.1)."""
    message = _binary(message)
    found = []
    while (tag := message.read(1)) and tag[0] & 0x80:
        if tag[0] & 0x40:
            number, size = tag[0] & 0x3F, _size(message)
        else:
            octets = (1, 2, 4, 0)[tag[0] & 3]
            number, size = (tag[0] & 0x3C) >> 2, int.from_bytes(message.read(octets), "big")
        if number != PKESK_TAG:
            break
        body = message.read(size)
        if body[:1] == bytes([PKESK_VERSION]):
            found.append(body[1:9].hex().upper())
    return found


def _binary(message: BinaryIO) -> BinaryIO:
    """Give the beginning of an armoured message as it was before (RFC 9580, 6.2)."""
    start = message.read(HEAD_BYTES)
    if not start.startswith(ARMOUR):
        message.seek(0)
        return message
    _, _, body = start.replace(b"\r", b"").partition(b"\n\n")
    lines = takewhile(lambda line: line[:1] not in (b"=", b"-"), body.split(b"\n"))
    text = b"".join(lines)
    return io.BytesIO(base64.b64decode(text[: len(text) // 4 * 4]))


def _size(message: BinaryIO) -> int:
    first = int.from_bytes(message.read(1), "big")
    if first < 192:
        return first
    if first < 224:
        return ((first - 192) << 8) + int.from_bytes(message.read(1), "big") + 192
    return int.from_bytes(message.read(4), "big") if first == 255 else 0


def decrypt(path: Path, *, output: int, decryptors: dict[str, Any]) -> str | None:
    """Decrypt a file into a descriptor, and return the ID of the key that did, if one did."""
    with path.open("rb") as message:
        key_id = next((each for each in recipients(message) if each in decryptors), None)
    if key_id is None:
        return None
    try:
        decrypt_file(path, f"/dev/fd/{output}", decryptor=decryptors[key_id])
    except RuntimeError:
        return None
    return key_id


def main() -> None:
    secrets = json.load(sys.stdin)
    decryptors: dict[str, Any] = {}
    for exported in secrets["keys"]:
        decryptors |= unlock(base64.b64decode(exported), passphrase=secrets["passphrase"])

    def answer(path: str, descriptors: list[int]) -> str | None:
        with suppress(OSError):
            return decrypt(Path(path), output=descriptors[0], decryptors=decryptors)
        return None

    serve(answer)


if __name__ == "__main__":
    main()
