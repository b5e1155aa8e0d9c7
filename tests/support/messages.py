"""OpenPGP messages of every form, made by gpg or put together packet by packet."""

import base64
import bz2
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.receiver import PASSPHRASE, Receiver

PLAIN = os.urandom(300) + b"a line\r\nand\rhalf of one\n" * 20 + os.urandom(100)
"""Not to be compressed much, with line ends of every kind in it."""
LONG_AGO, A_DAY_LATER, EXPIRY = "20200101T000000!", "20200102T000000!", "20200201T000000"


def run_gpg(home: Path, *arguments: str, data: bytes = b"") -> bytes:
    command = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--yes", "--no-options"]
    unlock = ["--pinentry-mode", "loopback", "--passphrase", PASSPHRASE, "--trust-model", "always"]
    done = subprocess.run(
        [*command, *unlock, *arguments], input=data, capture_output=True, check=True
    )
    return done.stdout


def packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def old_packet(tag: int, body: bytes, *, octets: int) -> bytes:
    """Make a packet with an old header; without octets its end is that of what holds it."""
    kind = {1: 0, 2: 1, 4: 2, 0: 3}[octets]
    return bytes([0x80 | tag << 2 | kind]) + len(body).to_bytes(4, "big")[4 - octets :] + body


def in_parts(tag: int, body: bytes, *, exponent: int = 9) -> bytes:
    made, size = bytes([0xC0 | tag]), 1 << exponent
    while len(body) > size:
        made, body = made + bytes([224 + exponent]) + body[:size], body[size:]
    return made + packet(tag, body)[1:]


def literal_body(data: bytes, form: bytes = b"b", name: bytes = b"", date: int = 0) -> bytes:
    return form + bytes([len(name)]) + name + date.to_bytes(4, "big") + data


def literal(data: bytes, form: bytes = b"b", name: bytes = b"", date: int = 0) -> bytes:
    return packet(11, literal_body(data, form, name, date))


def compressed(contents: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        contents = packet(8, b"\2" + zlib.compress(contents))
    return contents


def deflated(contents: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packet(8, b"\1" + deflate.compress(contents) + deflate.flush())


def bzipped(contents: bytes) -> bytes:
    return packet(8, b"\3" + bz2.compress(contents))


def split(message: bytes) -> list[tuple[int, bytes]]:
    """Take a message of new packets or old ones apart."""
    found, at = [], 0
    while at < len(message):
        header, at = message[at], at + 1
        is_new = header & 0x40
        tag = header & 0x3F if is_new else (header & 0x3C) >> 2
        body, is_partial = b"", True
        while is_partial:
            size, at, is_partial = _length(message, at) if is_new else _old(message, at, header)
            body, at = body + message[at : at + size], at + size
        found.append((tag, body))
    return found


def _length(message: bytes, at: int) -> tuple[int, int, bool]:
    first = message[at]
    if first < 192:
        return first, at + 1, False
    if first < 224:
        return ((first - 192) << 8) + message[at + 1] + 192, at + 2, False
    if first == 255:
        return int.from_bytes(message[at + 1 : at + 5], "big"), at + 5, False
    return 1 << (first & 0x1F), at + 1, True


def _old(message: bytes, at: int, header: int) -> tuple[int, int, bool]:
    octets = (1, 2, 4)[header & 3]
    return int.from_bytes(message[at : at + octets], "big"), at + octets, False


def armoured(message: bytes, *, checksum: bytes | None = None) -> bytes:
    text = base64.encodebytes(message).replace(b"\n", b"")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    head, tail = b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE-----"
    return b"\n".join([head, b"", *lines, *([checksum] if checksum else []), tail, b""])


@dataclass(frozen=True, slots=True)
class Post:
    """Who writes to a receiver: strangers, and people whose keys the receiver has."""

    receiver: Receiver
    stranger: Path
    """A home with a key pair that the receiver does not know, and the receiver's public key."""

    def seal(self, contents: bytes, *options: str, to: str = "", plain_form: bool = False) -> bytes:
        """Encrypt packets as they are, or a plaintext as gpg packs it."""
        as_they_are = [] if plain_form else ["--no-literal", "--compress-algo", "none"]
        to_whom = ["--recipient", to or self.receiver.fingerprint]
        wanted = [*to_whom, *as_they_are, *options, "--encrypt"]
        return run_gpg(self.stranger, *wanted, data=contents)

    def seal_apart(self, contents: bytes, to: str = "") -> tuple[bytes, bytes]:
        """Encrypt packets; return the bodies of the session key and of the encrypted data."""
        [(_, session_key), (_, encrypted)] = split(self.seal(contents, to=to))
        return session_key, encrypted

    def sign(self, *options: str, by: str = "stranger@localhost") -> bytes:
        home = self.stranger if by == "stranger@localhost" else self.receiver.home
        wanted = ["--local-user", by, "--compress-algo", "none", *options, "--sign"]
        return run_gpg(home, *wanted, data=PLAIN)


@contextmanager
def gnupg_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="gs-", dir="/tmp"))
    (home / "gpg-agent.conf").write_text("s2k-count 65536\n")
    try:
        yield home
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
        shutil.rmtree(home, ignore_errors=True)


def first_fingerprint(home: Path) -> str:
    """Name the first private key of a home."""
    listed = run_gpg(home, "--with-colons", "--list-secret-keys").decode().splitlines()
    return next(line.split(":")[9] for line in listed if line.startswith("fpr:"))


@contextmanager
def post(receiver: Receiver) -> Iterator[Post]:
    """Make the senders of a test; the key of one has expired."""
    with gnupg_home() as home:
        for name in ("stranger", "another"):
            run_gpg(
                home, "--quick-gen-key", f"{name}@localhost", "rsa2048", "sign,encrypt", "never"
            )
        run_gpg(home, "--import", data=run_gpg(receiver.home, "--export", receiver.fingerprint))
        run_gpg(receiver.home, "--quick-gen-key", "known@localhost", "ed25519", "sign", "never")
        old = ["--faked-system-time", LONG_AGO, "--quick-gen-key", "old@localhost"]
        run_gpg(receiver.home, *old, "ed25519", "sign", EXPIRY)
        yield Post(receiver, home)
