"""Build OpenPGP messages of many forms from parts that gpg makes."""

from collections.abc import Callable
from typing import Final

from tests.support.messages import (
    PLAIN,
    Post,
    armoured,
    literal,
    packet,
    split,
)

Make = Callable[[Post], bytes]
COMPLETE: Final = literal(PLAIN)
CHANGED: Final = literal(PLAIN[:-1] + bytes([PLAIN[-1] ^ 1]))
STRANGERS_KEY: Final = "stranger@localhost"
ANOTHER_KEY: Final = "another@localhost"


def sealed(contents: bytes, *options: str) -> Make:
    return lambda sent: sent.seal(contents, *options)


def signed_and_sealed(
    change: Callable[[bytes], bytes], *options: str, by: str = STRANGERS_KEY
) -> Make:
    return lambda sent: sent.seal(change(sent.sign(*options, by=by)))


def around(make: Callable[[bytes, bytes], bytes], contents: bytes = COMPLETE, to: str = "") -> Make:
    """Build a message out of a session key and encrypted data."""
    return lambda sent: make(*sent.seal_apart(contents, to))


def as_it_is(message: bytes) -> bytes:
    return message


def first_and(others: Callable[[bytes], bytes]) -> Make:
    return lambda sent: others(sent.seal(COMPLETE))


def usual_form(session_key: bytes, encrypted: bytes, *, between: bytes = b"") -> bytes:
    return packet(1, session_key) + between + packet(18, encrypted)


def in_armour(change: Callable[[bytes], bytes]) -> Make:
    return lambda sent: change(armoured(sent.seal(COMPLETE)))


def old_style(signed: bytes) -> bytes:
    _, (_, contents), (_, signature) = split(signed)
    return packet(2, signature) + packet(11, contents)


def with_other_contents(signed: bytes) -> bytes:
    (_, announced), _, (_, signature) = split(signed)
    return packet(4, announced) + CHANGED + packet(2, signature)


def with_another_inside(signed: bytes) -> bytes:
    (_, announced), (_, contents), (_, signature) = split(signed)
    return packet(4, announced) + packet(11, contents) + packet(2, b"\x17" + signature[1:])


def to_another_first(sent: Post) -> bytes:
    another, _ = sent.seal_apart(COMPLETE, ANOTHER_KEY)
    return packet(1, another) + sent.seal(COMPLETE)
