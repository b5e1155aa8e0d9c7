"""Literal data come out unchanged, and what is no message is refused."""

import io

import pytest

from ingest.openpgp.message.contents import Contents
from ingest.openpgp.message.packets import NoPacketError
from tests.support.messages import PLAIN, bzipped, compressed, deflated, literal, packet

SIGNATURE = packet(2, b"signature")


@pytest.mark.parametrize(
    ("packets", "is_signed"),
    [
        (literal(PLAIN, b"t"), False),
        (compressed(literal(PLAIN), times=16), False),
        (deflated(literal(PLAIN)), False),
        (bzipped(literal(PLAIN)), False),
        (SIGNATURE + literal(PLAIN), True),
        (compressed(packet(4, b"announced") + literal(PLAIN) + SIGNATURE), True),
        (literal(PLAIN) + packet(60, b"private"), False),
    ],
)
def test_literal_data_come_out_unchanged(packets: bytes, is_signed: bool) -> None:
    contents = Contents(io.BytesIO(packets))

    assert (b"".join(contents.read()), contents.is_signed) == (PLAIN, is_signed)


@pytest.mark.parametrize(
    "packets",
    [
        b"",
        SIGNATURE,
        literal(PLAIN) + literal(PLAIN),
        compressed(literal(PLAIN), times=18),
        packet(8, b"\2" + bytes(9)),
        packet(8, b"\x09" + literal(PLAIN)),
        packet(13, b"a user ID") + literal(PLAIN),
    ],
    ids=["empty", "signature", "two", "too deep", "damaged", "unknown", "user ID"],
)
def test_anything_else_is_no_message(packets: bytes) -> None:
    with pytest.raises(NoPacketError):
        b"".join(Contents(io.BytesIO(packets)).read())
