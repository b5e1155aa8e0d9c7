"""Mask values with HMAC-SHA-256 under the setting MX_MASK_KEY: equal values stay equal.

DuckDB has SHA-256 and no HMAC, which is two of them (RFC 2104). The key goes to it as two bound
values, never as SQL text.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class Mask:
    """A key, as HMAC uses it."""

    key: bytes = field(repr=False)

    def bound(self) -> dict[str, bytes]:
        """Give the values that `masked` refers to."""
        key = hashlib.sha256(self.key).digest() if len(self.key) > BLOCK_BYTES else self.key
        padded = key.ljust(BLOCK_BYTES, b"\0")
        return {
            "inner": bytes(byte ^ 0x36 for byte in padded),
            "outer": bytes(byte ^ 0x5C for byte in padded),
        }

    def sign(self, text: str) -> str:
        """Hash a text as SQL does, in hexadecimal."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def masked(column: str) -> str:
    """Write in SQL the masked value of a column; null stays null."""
    inner = f"unhex(sha256($inner || encode(cast({column} as varchar))))"
    return f"sha256($outer || {inner})"
