"""A stream knows its position, and a short read is an error."""

import io

import pytest

from ingest.openpgp.message.stream import CutOffError, FileStream, Stream


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
