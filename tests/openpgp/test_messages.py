"""gpg, an unlocked key and gpg alone reach the same outcome for the same bytes."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from ingest.errors import RejectedError
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.plaintext import Plaintext
from ingest.openpgp.unlocked import PAYS_AFTER_FILES
from tests.conftest import Ingest
from tests.support.messages import (
    A_DAY_LATER,
    PLAIN,
    Post,
    armoured,
    bzipped,
    compressed,
    deflated,
    first_fingerprint,
    gnupg_home,
    in_parts,
    literal,
    literal_body,
    old_packet,
    packet,
    post,
    run_gpg,
    split,
)
from tests.support.receiver import PASSPHRASE, receiver
from tests.support.sender import Sender, avro_bytes, users

Make = Callable[[Post], bytes]
Outcome = tuple[str, str, str | None]

COMPLETE: Final = literal(PLAIN)
CHANGED: Final = literal(PLAIN[:-1] + bytes([PLAIN[-1] ^ 1]))
CUT_OFF: Final = "one that is cut off"
MORE: Final = "one, and other bytes after it"
CHANGED_ON_ITS_WAY: Final = "one that was changed on its way, or is badly made"
NO_MESSAGE: Final = "one whose contents are no message"
SIGNED_ONLY: Final = "one that is signed only, not encrypted"
OPENED: Final = ("landed", "listed")
WAYS: Final = ((True, 0), (True, PAYS_AFTER_FILES), (False, 0))
"""Alone, behind others, and where secret keys may not leave gpg."""
STRANGERS_KEY: Final = "stranger@localhost"
ANOTHER_KEY: Final = "another@localhost"


@pytest.fixture(scope="module")
def sent() -> Iterator[Post]:
    with receiver() as made, post(made) as senders:
        yield senders


def _sealed(contents: bytes, *options: str) -> Make:
    return lambda sent: sent.seal(contents, *options)


def _signed(change: Callable[[bytes], bytes], *options: str, by: str = STRANGERS_KEY) -> Make:
    return lambda sent: sent.seal(change(sent.sign(*options, by=by)))


def _around(
    make: Callable[[bytes, bytes], bytes], contents: bytes = COMPLETE, to: str = ""
) -> Make:
    """Build a message out of a session key and encrypted data."""
    return lambda sent: make(*sent.seal_apart(contents, to))


def _as_it_is(message: bytes) -> bytes:
    return message


def _first_and(others: Callable[[bytes], bytes]) -> Make:
    return lambda sent: others(sent.seal(COMPLETE))


def _usual(session_key: bytes, encrypted: bytes, *, between: bytes = b"") -> bytes:
    return packet(1, session_key) + between + packet(18, encrypted)


def _armour(change: Callable[[bytes], bytes]) -> Make:
    return lambda sent: change(armoured(sent.seal(COMPLETE)))


def _old_style(signed: bytes) -> bytes:
    _, (_, contents), (_, signature) = split(signed)
    return packet(2, signature) + packet(11, contents)


def _with_other_contents(signed: bytes) -> bytes:
    (_, announced), _, (_, signature) = split(signed)
    return packet(4, announced) + CHANGED + packet(2, signature)


def _with_another_inside(signed: bytes) -> bytes:
    (_, announced), (_, contents), (_, signature) = split(signed)
    return packet(4, announced) + packet(11, contents) + packet(2, b"\x17" + signature[1:])


def _to_another_first(sent: Post) -> bytes:
    another, _ = sent.seal_apart(COMPLETE, ANOTHER_KEY)
    return packet(1, another) + sent.seal(COMPLETE)


LANDED: dict[str, Make] = {
    "usual": _sealed(COMPLETE),
    "text": _sealed(literal(PLAIN, b"t")),
    "text in UTF-8": _sealed(literal(PLAIN, b"u")),
    "text, compressed": _sealed(compressed(literal(PLAIN, b"t"))),
    "text, compressed with zip": _sealed(deflated(literal(PLAIN, b"u"))),
    "text, compressed with bzip2": _sealed(bzipped(literal(PLAIN, b"t"))),
    "text, compressed with nothing": _sealed(packet(8, b"\0" + literal(PLAIN, b"t"))),
    "text in parts": _sealed(in_parts(11, literal_body(PLAIN, b"t"))),
    "text without a length": _sealed(old_packet(11, literal_body(PLAIN, b"t"), octets=0)),
    "text, signed": _signed(_as_it_is, "--textmode", by="known@localhost"),
    "MIME": _sealed(literal(PLAIN, b"m")),
    "local": _sealed(literal(PLAIN, b"l")),
    "of an unknown format": _sealed(literal(PLAIN, b"x")),
    "named and dated": _sealed(literal(PLAIN, b"b", b"users.avro", 1_700_000_000)),
    "for eyes only": _sealed(literal(PLAIN, b"b", b"_CONSOLE")),
    "in parts": _sealed(in_parts(11, literal_body(PLAIN))),
    "in small parts": _sealed(in_parts(11, literal_body(PLAIN), exponent=5)),
    "old header": _sealed(old_packet(11, literal_body(PLAIN), octets=2)),
    "without a length": _sealed(old_packet(11, literal_body(PLAIN), octets=0)),
    "zip": _sealed(deflated(COMPLETE)),
    "zlib": _sealed(compressed(COMPLETE)),
    "bzip2": _sealed(bzipped(COMPLETE)),
    "compressed with nothing": _sealed(packet(8, b"\0" + COMPLETE)),
    "compressed twice": _sealed(compressed(COMPLETE, times=2)),
    "compressed often": _sealed(compressed(COMPLETE, times=16)),
    "empty": _sealed(literal(b"")),
    "marker inside": _sealed(packet(10, b"PGP") + COMPLETE),
    "padding inside": _sealed(COMPLETE + packet(21, b"padding")),
    "a private packet inside": _sealed(COMPLETE + packet(60, b"private")),
    "signed by a stranger": _signed(_as_it_is),
    "signed by a stranger, old style": _signed(_old_style),
    "signed by a stranger, changed": _signed(_with_other_contents),
    "signed and compressed": lambda sent: sent.seal(
        PLAIN, "--local-user", STRANGERS_KEY, "--sign", plain_form=True
    ),
    "signed by two strangers": _signed(_as_it_is, "--local-user", ANOTHER_KEY),
    "signed by one who is known": _signed(_as_it_is, by="known@localhost"),
    "signed by one who is known, old style": _signed(_old_style, by="known@localhost"),
    "signed by a key that has expired": _signed(
        _as_it_is, "--faked-system-time", A_DAY_LATER, by="old@localhost"
    ),
    "signature has expired": _signed(
        _as_it_is,
        *("--faked-system-time", A_DAY_LATER, "--default-sig-expire", "1d"),
        by="old@localhost",
    ),
    "signature of an unknown version": _signed(_with_another_inside),
    "marker first": _first_and(lambda usual: packet(10, b"PGP") + usual),
    "padding first": _first_and(lambda usual: packet(21, b"padding") + usual),
    "padding between": _around(lambda key, data: _usual(key, data, between=packet(21, b"padding"))),
    "session key of an unknown version first": _first_and(
        lambda usual: packet(1, b"\x17" + bytes(64)) + usual
    ),
    "session key of an unknown version between": _around(
        lambda key, data: _usual(key, data, between=packet(1, b"\x17" + bytes(64)))
    ),
    "session key of version 6": _first_and(lambda usual: packet(1, b"\x06\0" + bytes(64)) + usual),
    "session key of an unknown algorithm": _around(
        lambda key, data: packet(1, key[:9] + b"\x63" + bytes(64)) + _usual(key, data)
    ),
    "session key of version 2": _around(lambda key, data: _usual(b"\2" + key[1:], data)),
    "passphrase of an unknown version": _first_and(
        lambda usual: packet(3, b"\x17" + bytes(20)) + usual
    ),
    "a passphrase, too": _first_and(
        lambda usual: packet(3, b"\4\x09\3\x08" + bytes(8) + b"\x60") + usual
    ),
    "a damaged session key first": _around(
        lambda key, data: packet(1, key[:10] + b"\x08\0" + b"\x55" * 256) + _usual(key, data)
    ),
    "to another key, too": _to_another_first,
    "to a hidden key": _sealed(COMPLETE, "--throw-keyids"),
    "to hidden keys": lambda sent: sent.seal(COMPLETE, "--hidden-recipient", ANOTHER_KEY),
    "encrypted in parts": _around(lambda key, data: packet(1, key) + in_parts(18, data)),
    "encrypted in small parts": _around(
        lambda key, data: packet(1, key) + in_parts(18, data, exponent=4)
    ),
    "armour": _armour(_as_it_is),
    "armour, CRLF": _armour(lambda text: text.replace(b"\n", b"\r\n")),
    "armour, CR": _armour(lambda text: text.replace(b"\n", b"\r")),
    "armour, wrong checksum": lambda sent: armoured(sent.seal(COMPLETE), checksum=b"=AAAA"),
    "armour, no padding": lambda sent: armoured(sent.seal(COMPLETE)).replace(b"=", b""),
    "armour, headers": _armour(
        lambda text: text.replace(b"\n\n", b"\nVersion: 1\nComment: a: b\n\n", 1)
    ),
    "armour, no empty line": _armour(lambda text: text.replace(b"\n\n", b"\n", 1)),
    "armour, a line of blanks": _armour(lambda text: text.replace(b"\n\n", b"\n \t\n", 1)),
    "armour, blanks at line ends": _armour(lambda text: text.replace(b"\n", b"  \n")),
    "armour, text before": _armour(lambda text: b"Dear receiver,\n\n" + text),
    "armour, text behind": _armour(lambda text: text + b"\nYours\n"),
    "armour, byte order mark": _armour(lambda text: b"\xef\xbb\xbf" + text),
    "armour, empty lines before": _armour(lambda text: b"\n\n" + text),
    "armour, indented": _armour(lambda text: b"  " + text),
    "armour, no last line": _armour(lambda text: text.partition(b"-----END")[0]),
    "armour, one line": _armour(
        lambda text: b"\n\n".join(
            [text.partition(b"\n\n")[0], text.partition(b"\n\n")[2].replace(b"\n", b"")]
        )
    ),
}

OTHER_CONTENTS: Final = {
    "empty": b"",
    "signed by a stranger, changed": PLAIN[:-1] + bytes([PLAIN[-1] ^ 1]),
    "text, signed": PLAIN.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
}
SIGNATURES: Final = {
    "text, signed": "good",
    "signed by a stranger": "not checked",
    "signed by a stranger, old style": "not checked",
    "signed by a stranger, changed": "not checked",
    "signed and compressed": "not checked",
    "signed by two strangers": "not checked",
    "signed by one who is known": "good",
    "signed by one who is known, old style": "good",
    "signed by a key that has expired": "of an expired key",
    "signature has expired": "expired",
    "signature of an unknown version": "not checked",
}

REJECTED: dict[str, tuple[Make, str]] = {
    "empty file": (lambda _: b"", "an empty file"),
    "page of HTML": (lambda _: b"<html>404</html>\n", "none"),
    "Avro": (lambda _: b"Obj\1" + PLAIN, "none"),
    "junk": (lambda _: b"\xff" + PLAIN, "none"),
    "session key without end": (
        _first_and(lambda usual: packet(1, bytes(1 << 17)) + usual),
        "none",
    ),
    "a public key": (lambda sent: run_gpg(sent.stranger, "--export"), "a public key"),
    "a public key, armoured": (
        lambda sent: run_gpg(sent.stranger, "--armor", "--export"),
        "a public key",
    ),
    "a private key": (
        lambda sent: run_gpg(sent.stranger, "--export-secret-keys"),
        "a private key",
    ),
    "signed only": (lambda sent: sent.sign(), SIGNED_ONLY),
    "signed only, old style": (lambda sent: _old_style(sent.sign()), SIGNED_ONLY),
    "signed text": (
        lambda sent: run_gpg(sent.stranger, "--clear-sign", data=b"text\n"),
        "a text that is signed only, not encrypted",
    ),
    "not encrypted": (lambda _: COMPLETE, "one that is not encrypted"),
    "compressed only": (
        lambda _: compressed(COMPLETE),
        "one that is compressed only, not encrypted",
    ),
    "no integrity protection": (
        _around(lambda key, data: packet(1, key) + packet(9, data[1:])),
        "one without integrity protection",
    ),
    "AEAD": (
        _around(lambda key, data: packet(1, key) + packet(18, b"\2\x09\2\6" + data)),
        "one encrypted with AEAD, which this gpg does not read",
    ),
    "OCB": (
        _around(lambda key, data: packet(1, key) + packet(20, b"\1\x09\2\x10" + data)),
        "one encrypted with AEAD, which this gpg does not read",
    ),
    "encrypted data of no key": (
        _around(lambda _, data: packet(18, data)),
        "wrong_key: one for no key",
    ),
    "passphrase": (
        lambda sent: run_gpg(sent.stranger, "--symmetric", data=PLAIN),
        "wrong_key: one encrypted with a passphrase",
    ),
    "only a session key": (_around(lambda key, _: packet(1, key)), CUT_OFF),
    "first byte": (_first_and(lambda usual: usual[:1]), CUT_OFF),
    "cut in the session key": (_first_and(lambda usual: usual[:100]), CUT_OFF),
    "last byte missing": (_first_and(lambda usual: usual[:-1]), CUT_OFF),
    "cut in parts": (
        _around(lambda key, data: packet(1, key) + in_parts(18, data)[:-300]),
        CUT_OFF,
    ),
    "cut between parts": (
        _around(lambda key, data: packet(1, key) + in_parts(18, data)[:515]),
        CUT_OFF,
    ),
    "armour cut off": (_armour(lambda text: text[: len(text) // 2]), CUT_OFF),
    "armour of other text": (
        _armour(lambda text: text[:200] + b"*!" + text[200:]),
        "armour whose text is not base64",
    ),
    "two armours": (_armour(lambda text: text + text), "one, and another one after it"),
    "two messages": (_first_and(lambda usual: usual + usual), MORE),
    "trailing junk": (_first_and(lambda usual: usual + b"junk"), MORE),
    "trailing line end": (_first_and(lambda usual: usual + b"\n"), MORE),
    "trailing zeros": (_first_and(lambda usual: usual + bytes(16)), MORE),
    "changed": (
        _first_and(lambda usual: usual[:-3] + bytes([usual[-3] ^ 1]) + usual[-2:]),
        CHANGED_ON_ITS_WAY,
    ),
    "changed, to another key, too": (
        lambda sent: _to_another_first(sent)[:-3] + bytes(3),
        CHANGED_ON_ITS_WAY,
    ),
    "two literals": (_sealed(COMPLETE + COMPLETE), NO_MESSAGE),
    "a text and a literal": (_sealed(literal(PLAIN, b"t") + COMPLETE), NO_MESSAGE),
    "junk behind the literal": (_sealed(COMPLETE + b"\0\1\2"), NO_MESSAGE),
    "a literal that is cut off": (_sealed(COMPLETE[:-20]), NO_MESSAGE),
    "cut off, then signed": (
        _signed(lambda signed: packet(2, split(signed)[-1][1]) + compressed(COMPLETE)[:-9]),
        NO_MESSAGE,
    ),
    "compression that is cut off": (_sealed(packet(8, compressed(COMPLETE)[6:-8])), NO_MESSAGE),
    "unknown compression": (_sealed(packet(8, b"\x09" + COMPLETE)), NO_MESSAGE),
    "compressed for ever": (_sealed(compressed(COMPLETE, times=60)), NO_MESSAGE),
    "Avro inside": (_sealed(b"Obj\1" + PLAIN), NO_MESSAGE),
    "a user ID inside": (_sealed(packet(13, b"somebody") + COMPLETE), NO_MESSAGE),
    "signature alone": (
        _signed(lambda signed: packet(2, split(signed)[-1][1])),
        NO_MESSAGE,
    ),
}


def _outcome(keyring: Keyring, path: Path) -> Outcome:
    try:
        plain, _ = keyring.read(path, Plaintext.drain, max_bytes=1 << 20)
    except RejectedError as error:
        prefix = "" if error.reason == "damaged" else f"{error.reason}: "
        return "rejected", prefix + error.found, error.expected
    return "landed", plain.sha256, plain.signature


@contextmanager
def _reading(sent: Post, *, may_unlock: bool, files_before: int) -> Iterator[Keyring]:
    keyring = Keyring(sent.receiver.home, passphrase=PASSPHRASE, may_unlock=may_unlock)
    with keyring.unlocking():
        if keyring._unlocked:
            keyring._unlocked._files = files_before
        yield keyring


def outcomes(sent: Post, path: Path) -> list[Outcome]:
    found = []
    for may_unlock, files_before in WAYS:
        with _reading(sent, may_unlock=may_unlock, files_before=files_before) as keyring:
            found.append(_outcome(keyring, path))
    return found


@pytest.mark.parametrize("name", LANDED)
def test_a_message_lands_whoever_opens_it(sent: Post, tmp_path: Path, name: str) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(LANDED[name](sent))

    reached = outcomes(sent, path)

    expected = hashlib.sha256(OTHER_CONTENTS.get(name, PLAIN)).hexdigest()
    assert reached[0][:2] == ("landed", expected)
    assert set(reached) == {(*reached[0][:2], SIGNATURES.get(name))}


@pytest.mark.parametrize("name", REJECTED)
def test_anything_but_a_complete_message_is_rejected_alike_by_all(
    sent: Post, tmp_path: Path, name: str
) -> None:
    make, found = REJECTED[name]
    path = tmp_path / "message.pgp"
    path.write_bytes(make(sent))

    reached = outcomes(sent, path)

    assert set(reached) == {reached[0]}
    assert reached[0][:2] == ("rejected", found)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (
            _signed(_with_other_contents, by="known@localhost"),
            "damaged: expected an intact OpenPGP message, found one with a bad signature of 0x",
        ),
        (
            _around(_usual, to=ANOTHER_KEY),
            "wrong_key: expected a message to a key of this keyring, "
            "found one encrypted to another key 0x",
        ),
        (
            _around(lambda key, data: _usual(b"\3" + bytes(8) + key[9:], data), to=ANOTHER_KEY),
            "wrong_key: expected a message to a key of this keyring, "
            "found one encrypted to another key that it does not name",
        ),
    ],
    ids=["bad signature", "another key", "another key, hidden"],
)
def test_all_name_the_same_key(sent: Post, tmp_path: Path, make: Make, found: str) -> None:
    path = tmp_path / "message.pgp"
    path.write_bytes(make(sent))
    for may_unlock, files_before in WAYS:
        with (
            _reading(sent, may_unlock=may_unlock, files_before=files_before) as keyring,
            pytest.raises(RejectedError, match=f"^{found}"),
        ):
            keyring.read(path, Plaintext.drain, max_bytes=1 << 20)


@pytest.mark.parametrize("algorithms", [("rsa2048", ""), ("ed25519", "cv25519"), ("nistp256", "")])
def test_each_kind_of_key_opens_alike_in_all_ways(
    tmp_path: Path, algorithms: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a primary key that encrypts, which a key for all purposes is."""
    primary, subkey = algorithms
    message = tmp_path / "message.pgp"
    with gnupg_home() as home:
        _make_key(home, primary, subkey)
        message.write_bytes(run_gpg(home, "--recipient", "r@localhost", "--encrypt", data=PLAIN))
        found = [
            Keyring(home, passphrase=PASSPHRASE).read(message, Plaintext.drain, max_bytes=9999)
        ]
        keyring = Keyring(home, passphrase=PASSPHRASE)
        monkeypatch.delattr(Keyring, "_decrypting")
        with keyring.unlocking():
            assert keyring._unlocked
            keyring._unlocked._files = PAYS_AFTER_FILES
            found.append(keyring.read(message, Plaintext.drain, max_bytes=9999))

    facts = {(plain.sha256, plain.key_id) for plain, _ in found}
    assert {sha256 for sha256, _ in facts} == {hashlib.sha256(PLAIN).hexdigest()}
    assert len(facts) == 1


def _make_key(home: Path, primary: str, subkey: str) -> None:
    usage = "sign,encrypt" if primary.startswith("rsa") else "sign"
    run_gpg(home, "--quick-gen-key", "r@localhost", primary, usage, "never")
    if not primary.startswith("rsa"):
        run_gpg(
            home, "--quick-add-key", first_fingerprint(home), subkey or primary, "encrypt", "never"
        )


class SigningSender(Sender):
    """A sender who signs all, and whose public key the receiver does not have."""

    post: Post

    def encrypt(self, plain: bytes, path: Path) -> None:
        signed = self.post.seal(plain, "--local-user", STRANGERS_KEY, "--sign", plain_form=True)
        path.write_bytes(signed)


@pytest.mark.parametrize("resources", [["users"], ["users", "tags", "goals", "budgets", "members"]])
@pytest.mark.parametrize("may_unlock", [True, False])
def test_the_ledger_says_that_a_signature_was_not_checked(
    sent: Post, ingest: Ingest, sender: Sender, data: Path, resources: list[str], may_unlock: bool
) -> None:
    keys = Keyring(sent.receiver.home, passphrase=PASSPHRASE, may_unlock=may_unlock)
    signing = SigningSender(folder=sender.folder, keyring=keys, recipient="")
    signing.post = sent
    for resource in resources:
        signing.send(avro_bytes(users("a")), resource=resource, record_count=1)
    signing.send_manifest()

    summary = ingest(keys=keys)

    assert summary.files_landed == len(resources)
    lines = [
        line for path in (data / "ledger").glob("*.jsonl") for line in path.read_text().splitlines()
    ]
    records = [record for line in lines if (record := json.loads(line))["what"] in OPENED]
    assert len(records) == len(resources) + 1
    assert {record["signature"] for record in records} == {"not checked"}
