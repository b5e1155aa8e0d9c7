"""Random draws that depend only on their arguments, so any day can be drawn by itself."""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")


def roll(*parts: object) -> float:
    """Draw a number in [0, 1)."""
    return int.from_bytes(_digest(parts, size=6)) / (1 << 48)


def pick(choices: Sequence[Choice], *parts: object) -> Choice:
    return choices[int(roll(*parts) * len(choices))]


def guid(prefix: str, *parts: object) -> str:
    """Make a key as MX does: three letters and a UUID of version 4."""
    text = _digest(parts, size=16).hex()
    return f"{prefix}-{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def dice(*parts: object) -> Random:
    """Make a generator for many draws about one thing."""
    return Random(_digest(parts, size=8))


def _digest(parts: tuple[object, ...], *, size: int) -> bytes:
    return blake2b("/".join(map(str, parts)).encode(), digest_size=size).digest()
