"""Messages that are rejected, with the words for what was found."""

from typing import Final

from tests.openpgp.message_parts import (
    COMPLETE,
    Make,
    around,
    first_and,
    in_armour,
    old_style,
    sealed,
    signed_and_sealed,
    to_another_first,
)
from tests.support.messages import (
    PLAIN,
    compressed,
    in_parts,
    literal,
    packet,
    run_gpg,
    split,
)

CUT_OFF: Final = "one that is cut off"
MORE: Final = "one, and other bytes after it"
CHANGED_ON_ITS_WAY: Final = "one that was changed on its way, or is badly made"
NO_MESSAGE: Final = "one whose contents are no message"
SIGNED_ONLY: Final = "one that is signed only, not encrypted"

REJECTED: dict[str, tuple[Make, str]] = {
    "empty file": (lambda _: b"", "an empty file"),
    "page of HTML": (lambda _: b"<html>404</html>\n", "none"),
    "Avro": (lambda _: b"Obj\1" + PLAIN, "none"),
    "junk": (lambda _: b"\xff" + PLAIN, "none"),
    "session key without end": (
        first_and(lambda usual: packet(1, bytes(1 << 17)) + usual),
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
    "signed only, old style": (lambda sent: old_style(sent.sign()), SIGNED_ONLY),
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
        around(lambda key, data: packet(1, key) + packet(9, data[1:])),
        "one without integrity protection",
    ),
    "AEAD": (
        around(lambda key, data: packet(1, key) + packet(18, b"\2\x09\2\6" + data)),
        "one encrypted with AEAD, which this gpg does not read",
    ),
    "OCB": (
        around(lambda key, data: packet(1, key) + packet(20, b"\1\x09\2\x10" + data)),
        "one encrypted with AEAD, which this gpg does not read",
    ),
    "encrypted data of no key": (
        around(lambda _, data: packet(18, data)),
        "wrong_key: one for no key",
    ),
    "passphrase": (
        lambda sent: run_gpg(sent.stranger, "--symmetric", data=PLAIN),
        "wrong_key: one encrypted with a passphrase",
    ),
    "only a session key": (around(lambda key, _: packet(1, key)), CUT_OFF),
    "first byte": (first_and(lambda usual: usual[:1]), CUT_OFF),
    "cut in the session key": (first_and(lambda usual: usual[:100]), CUT_OFF),
    "last byte missing": (first_and(lambda usual: usual[:-1]), CUT_OFF),
    "cut in parts": (
        around(lambda key, data: packet(1, key) + in_parts(18, data)[:-300]),
        CUT_OFF,
    ),
    "cut between parts": (
        around(lambda key, data: packet(1, key) + in_parts(18, data)[:515]),
        CUT_OFF,
    ),
    "armour cut off": (in_armour(lambda text: text[: len(text) // 2]), CUT_OFF),
    "armour of other text": (
        in_armour(lambda text: text[:200] + b"*!" + text[200:]),
        "armour whose text is not base64",
    ),
    "two armours": (in_armour(lambda text: text + text), "one, and another one after it"),
    "two messages": (first_and(lambda usual: usual + usual), MORE),
    "trailing junk": (first_and(lambda usual: usual + b"junk"), MORE),
    "trailing line end": (first_and(lambda usual: usual + b"\n"), MORE),
    "trailing zeros": (first_and(lambda usual: usual + bytes(16)), MORE),
    "changed": (
        first_and(lambda usual: usual[:-3] + bytes([usual[-3] ^ 1]) + usual[-2:]),
        CHANGED_ON_ITS_WAY,
    ),
    "changed, to another key, too": (
        lambda sent: to_another_first(sent)[:-3] + bytes(3),
        CHANGED_ON_ITS_WAY,
    ),
    "two literals": (sealed(COMPLETE + COMPLETE), NO_MESSAGE),
    "a text and a literal": (sealed(literal(PLAIN, b"t") + COMPLETE), NO_MESSAGE),
    "junk behind the literal": (sealed(COMPLETE + b"\0\1\2"), NO_MESSAGE),
    "a literal that is cut off": (sealed(COMPLETE[:-20]), NO_MESSAGE),
    "cut off, then signed": (
        signed_and_sealed(
            lambda signed: packet(2, split(signed)[-1][1]) + compressed(COMPLETE)[:-9]
        ),
        NO_MESSAGE,
    ),
    "compression that is cut off": (sealed(packet(8, compressed(COMPLETE)[6:-8])), NO_MESSAGE),
    "unknown compression": (sealed(packet(8, b"\x09" + COMPLETE)), NO_MESSAGE),
    "compressed for ever": (sealed(compressed(COMPLETE, times=60)), NO_MESSAGE),
    "Avro inside": (sealed(b"Obj\1" + PLAIN), NO_MESSAGE),
    "a user ID inside": (sealed(packet(13, b"somebody") + COMPLETE), NO_MESSAGE),
    "signature alone": (
        signed_and_sealed(lambda signed: packet(2, split(signed)[-1][1])),
        NO_MESSAGE,
    ),
}
