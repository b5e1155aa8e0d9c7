"""The attributes and statuses of SFTP version 3."""

import stat
from typing import Any

import paramiko
import pytest

from ingest.receive.sources.sftp.messages import (
    Attributes,
    Message,
    ProtocolError,
    RefusedError,
    raise_status,
)

SIZE, OWNER, PERMISSIONS, TIMES, EXTENDED = 0x1, 0x2, 0x4, 0x8, 0x80000000


def message(*fields: int | bytes | tuple[int]) -> Message:
    """Write a message: numbers of 32 bits, of 64 bits in brackets, and strings."""
    written = paramiko.Message()
    for each in fields:
        if isinstance(each, tuple):
            written.add_int64(*each)
        elif isinstance(each, int):
            written.add_int(each)
        else:
            written.add_string(each)
    return paramiko.Message(written.asbytes())


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ([0], {}),
        ([SIZE, (1 << 40,)], {"size_bytes": 1 << 40}),
        ([OWNER | TIMES, 1, 2, 3, 4], {"modified_at": 4}),
        ([PERMISSIONS, 0o644], {}),
        ([PERMISSIONS, stat.S_IFREG | 0o644], {"is_file": True}),
        ([PERMISSIONS, stat.S_IFDIR | 0o755], {"is_file": False, "is_folder": True}),
        ([PERMISSIONS, stat.S_IFLNK | 0o777], {"is_file": False}),
        ([SIZE | EXTENDED, (5,), 2, b"a", b"b", b"c", b"d"], {"size_bytes": 5}),
    ],
    ids=str,
)
def test_attributes_that_are_absent_are_not_guessed(
    fields: list[Any], read: dict[str, Any]
) -> None:
    following = message(*fields, 7)

    assert Attributes.read(following) == Attributes(**read)
    assert following.get_int() == 7, "what follows the attributes is read next"


def test_an_absurd_number_of_extensions_is_not_read() -> None:
    with pytest.raises(ProtocolError, match="too many extended attributes"):
        Attributes.read(message(EXTENDED, 1 << 31))


def test_attributes_are_completed_and_not_replaced() -> None:
    listed = Attributes(size_bytes=5, is_file=True)

    completed = listed.completed_by(Attributes(size_bytes=7, modified_at=8, is_file=False))

    assert completed == Attributes(size_bytes=5, modified_at=8, is_file=True)
    assert completed.is_complete
    assert not listed.is_complete


@pytest.mark.parametrize(
    ("code", "error"),
    [(1, EOFError), (2, FileNotFoundError), (3, PermissionError), (4, RefusedError)],
)
def test_a_status_is_an_error_of_its_own_type(code: int, error: type[Exception]) -> None:
    with pytest.raises(error, match="said so") as raised:
        raise_status(message(code, b"said so"))
    assert type(raised.value) is error


def test_the_status_ok_is_no_error() -> None:
    raise_status(message(0, b"Success"))
