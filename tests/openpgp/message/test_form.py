"""A message gets one form before it is decrypted; `tests/openpgp/test_messages.py` has more."""

from pathlib import Path

import pytest

from ingest.errors import RejectedError
from ingest.openpgp.message.form import open_message
from sample.send.armour import armour
from tests.support.messages import packet

KEY_ID = bytes.fromhex("0123456789ABCDEF")
SESSION_KEY = packet(1, b"\3" + KEY_ID + b"\1" + bytes(64))
ENCRYPTED = packet(18, b"\1" + bytes(100))
USUAL = SESSION_KEY + ENCRYPTED


@pytest.mark.parametrize(
    "delivered",
    [USUAL, armour(USUAL), packet(10, b"PGP") + USUAL, SESSION_KEY + packet(21, b"x") + ENCRYPTED],
    ids=["usual", "armoured", "marker first", "padding between"],
)
def test_every_message_is_opened_in_one_form(tmp_path: Path, delivered: bytes) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(delivered)

    with open_message(path) as message:
        assert message.file.read() == USUAL
        assert message.recipients == ("0123456789ABCDEF",)
    assert list(tmp_path.iterdir()) == [path]


def test_a_start_of_a_message_is_opened_only_where_it_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(USUAL[:-10])

    with pytest.raises(RejectedError, match="cut off"), open_message(path):
        pass
    with open_message(path, is_complete=False) as message:
        assert message.is_usual
