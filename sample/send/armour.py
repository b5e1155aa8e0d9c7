"""ASCII armour of OpenPGP (RFC 4880, section 6), as most senders still write it."""

import base64
from typing import Literal

Bodies = Literal["pgp", "armour", "plain"]
"""How files are sent: as OpenPGP messages, as ASCII armour, or unencrypted."""

LINE_BYTES = 48
"""Base64 makes 64 characters of it, one line."""
CRC24_START, CRC24_POLYNOMIAL = 0xB704CE, 0x864CFB


def armour(message: bytes) -> bytes:
    """Write a message as text, with its checksum.

    RFC 9580 no longer requires the checksum. Without it gpg 2.2 does not find the end of a message
    whose length is a multiple of three.
    """
    starts = range(0, len(message), LINE_BYTES)
    lines = [base64.b64encode(message[start : start + LINE_BYTES]) for start in starts]
    checksum = b"=" + base64.b64encode(_crc24(message).to_bytes(3, "big"))
    head, tail = b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----"
    return b"\n".join([head, b"", *lines, checksum, tail, b""])


def _crc24_of_byte(byte: int) -> int:
    crc = byte << 16
    for _ in range(8):
        crc <<= 1
        if crc & 1 << 24:
            crc ^= 1 << 24 | CRC24_POLYNOMIAL
    return crc


_TABLE = [_crc24_of_byte(byte) for byte in range(256)]


def _crc24(message: bytes) -> int:
    crc = CRC24_START
    for byte in message:
        crc = (crc << 8 & 0xFFFFFF) ^ _TABLE[crc >> 16 ^ byte]
    return crc
