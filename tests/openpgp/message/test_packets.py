"""Packets are read in every form of header and length."""

import io

import pytest

from ingest.openpgp.message.packets import (
    CutOffError,
    FileStream,
    NoPacketError,
    Stream,
    read_packets,
)
from tests.support.messages import in_parts, old_packet, packet

BODY = bytes(range(256)) * 3


@pytest.mark.parametrize(
    "made",
    [
        packet(11, BODY),
        old_packet(11, BODY, octets=2),
        old_packet(11, BODY, octets=4),
        old_packet(11, BODY, octets=0),
        in_parts(11, BODY),
        bytes([0xC0 | 11]) + bytes([192 + (768 - 192 >> 8), (768 - 192) & 0xFF]) + BODY,
    ],
    ids=["new", "old, 2 octets", "old, 4 octets", "old, no length", "in parts", "two octets"],
)
def test_a_body_comes_out_as_it_went_in(made: bytes) -> None:
    [(tag, body)] = [
        (each.tag, each.read(len(BODY) + 1)) for each in read_packets(Stream(io.BytesIO(made)))
    ]

    assert (tag, body) == (11, BODY)


def test_unread_bodies_are_skipped_and_positions_known() -> None:
    made = packet(10, b"PGP") + in_parts(21, BODY) + packet(11, BODY)

    found = [
        (each.tag, each.start)
        for each in read_packets(FileStream(io.BytesIO(made), size_bytes=len(made)))
    ]

    assert [tag for tag, _ in found] == [10, 21, 11]
    assert found[-1][1] == len(made) - len(packet(11, BODY))


@pytest.mark.parametrize("made", [packet(11, BODY)[:-1], in_parts(11, BODY)[:-1], b"\xcb\xff"])
def test_a_packet_that_ends_early_is_cut_off(made: bytes) -> None:
    with pytest.raises(CutOffError):
        list(read_packets(FileStream(io.BytesIO(made), size_bytes=len(made))))


@pytest.mark.parametrize("made", [b"<html>", bytes([0xCB]) + bytes([224]) * (1 << 18)])
def test_bytes_that_no_sender_writes_are_no_packet(made: bytes) -> None:
    with pytest.raises(NoPacketError):
        list(read_packets(Stream(io.BytesIO(made))))


@pytest.fixture(params=["stream", "file"])
def stream(request: pytest.FixtureRequest) -> Stream:
    data = io.BytesIO(b"abcdef")
    return Stream(data) if request.param == "stream" else FileStream(data, size_bytes=6)


def test_the_position_counts_what_was_read_and_skipped(stream: Stream) -> None:
    assert (stream.number(1), stream.position) == (ord("a"), 1)
    stream.skip(2)
    assert (stream.take(2), stream.position) == (b"de", 5)


def test_a_read_beyond_the_end_is_cut_off(stream: Stream) -> None:
    with pytest.raises(CutOffError):
        stream.take(7)


def test_a_skip_beyond_the_end_is_cut_off(stream: Stream) -> None:
    with pytest.raises(CutOffError):
        stream.skip(7)
