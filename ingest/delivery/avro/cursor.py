"""A position in the rows of a block. Nothing is read beyond their end, and nothing is guessed."""

from collections.abc import Iterator
from typing import Final

from ingest.errors import Reason, RejectedError

MAX_EMPTY_ITEMS: Final = 1_000_000
"""Items of arrays that take no bytes, in one block: the block's size does not bound them."""


class Cursor:
    """The rows of one block, read from their start."""

    __slots__ = ("_at", "_data", "_empty_left")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._empty_left = MAX_EMPTY_ITEMS

    def long(self) -> int:
        """Read a zig-zag varint of at most 64 bits (Avro 1.12, "Primitive Types").

        Raises:
            RejectedError: it is longer, or the block ends first.
        """
        value = shift = 0
        at = self._at
        try:
            while (byte := self._data[at]) >= 0x80:
                value |= (byte & 0x7F) << shift
                shift += 7
                at += 1
        except IndexError:
            raise unfit_row("a complete row", "the end of its block") from None
        value |= byte << shift
        if shift > 63 or value >> 64:
            raise unfit_row("a 64-bit number", "a longer one")
        self._at = at + 1
        return (value >> 1) ^ -(value & 1)

    def take(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            RejectedError: size is negative, or the block ends first.
        """
        at = self._at
        end = at + size
        if size < 0 or end > len(self._data):
            raise unfit_row("a length within the block", "another")
        self._at = end
        return self._data[at:end]

    def item_counts(self, *, are_empty: bool) -> Iterator[int]:
        """Yield how many items each block of an array or a map has; the caller reads them.

        Raises:
            RejectedError: there are more than the bytes hold, or not as many bytes as stated.
        """
        while count := self.long():
            end = None
            if count < 0:
                count, size = -count, self.long()
                end = self._at + size
            if are_empty:
                self._empty_left -= count
            if self._empty_left < 0:
                raise unfit_row(f"at most {MAX_EMPTY_ITEMS} items without bytes", "more")
            if not are_empty and count > len(self._data) - self._at:
                raise unfit_row("items that fit their block", "more")
            yield count
            if end not in (None, self._at):
                raise unfit_row("as many bytes of items as stated", "another number")

    def expect_end(self) -> None:
        """Check that all bytes were read.

        Raises:
            RejectedError: some are left.
        """
        if left := len(self._data) - self._at:
            raise unfit_row("a block that ends with its last row", f"{left} more bytes")


def unfit_row(expected: str, found: str) -> RejectedError:
    return RejectedError(Reason.NOT_AVRO, expected=expected, found=found)


def in_field(error: RejectedError, name: str) -> RejectedError:
    """Add the field to an error; its value may be personal and is not told."""
    expected = f"{error.expected} in the field {name}"
    return RejectedError(error.reason, expected=expected, found=error.found)
