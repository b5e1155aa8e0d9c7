"""Armour comes off with any text around it, and no binary message is taken for armour."""

import io

import pytest

from ingest.errors import RejectedError
from ingest.openpgp.message.armour import is_armoured, strip_armour
from sample.send.armour import armour

BODY = bytes(range(256)) * 40


def strip(text: bytes) -> bytes:
    file = io.BytesIO(text)
    assert is_armoured(file)
    return b"".join(strip_armour(file))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 10_000])
def test_armour_of_every_length_comes_off(size: int) -> None:
    assert strip(armour(BODY[:size])) == BODY[:size]


@pytest.mark.parametrize(("before", "after"), [(b"Dear receiver,\n", b""), (b"", b"Yours\n")])
def test_text_around_armour_is_ignored(before: bytes, after: bytes) -> None:
    assert strip(before + armour(BODY) + after) == BODY


@pytest.mark.parametrize("binary", [b"", b"\xc1\x0a-----BEGIN PGP MESSAGE-----\n\n", b"<html>\n"])
def test_other_bytes_are_no_armour(binary: bytes) -> None:
    assert not is_armoured(io.BytesIO(binary))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (armour(BODY) * 2, "one, and another one after it"),
        (armour(BODY).replace(b"\n\n", b"\n\n*", 1), "armour whose text is not base64"),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\n\ntext\n", "signed only"),
    ],
    ids=["two", "not base64", "signed"],
)
def test_what_armour_may_not_hold_is_refused(text: bytes, found: str) -> None:
    with pytest.raises(RejectedError, match=found):
        strip(text)
