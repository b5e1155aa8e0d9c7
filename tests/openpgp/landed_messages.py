"""Messages that land, with their contents and the word about their signatures."""

from typing import Final

from tests.openpgp.message_parts import (
    ANOTHER_KEY,
    COMPLETE,
    STRANGERS_KEY,
    Make,
    around,
    as_it_is,
    first_and,
    in_armour,
    old_style,
    sealed,
    signed_and_sealed,
    to_another_first,
    usual_form,
    with_another_inside,
    with_other_contents,
)
from tests.support.messages import (
    A_DAY_LATER,
    PLAIN,
    armoured,
    bzipped,
    compressed,
    deflated,
    in_parts,
    literal,
    literal_body,
    old_packet,
    packet,
)

LANDED: dict[str, Make] = {
    "usual": sealed(COMPLETE),
    "text": sealed(literal(PLAIN, b"t")),
    "text in UTF-8": sealed(literal(PLAIN, b"u")),
    "text, compressed": sealed(compressed(literal(PLAIN, b"t"))),
    "text, compressed with zip": sealed(deflated(literal(PLAIN, b"u"))),
    "text, compressed with bzip2": sealed(bzipped(literal(PLAIN, b"t"))),
    "text, compressed with nothing": sealed(packet(8, b"\0" + literal(PLAIN, b"t"))),
    "text in parts": sealed(in_parts(11, literal_body(PLAIN, b"t"))),
    "text without a length": sealed(old_packet(11, literal_body(PLAIN, b"t"), octets=0)),
    "text, signed": signed_and_sealed(as_it_is, "--textmode", by="known@localhost"),
    "MIME": sealed(literal(PLAIN, b"m")),
    "local": sealed(literal(PLAIN, b"l")),
    "of an unknown format": sealed(literal(PLAIN, b"x")),
    "named and dated": sealed(literal(PLAIN, b"b", b"users.avro", 1_700_000_000)),
    "for eyes only": sealed(literal(PLAIN, b"b", b"_CONSOLE")),
    "in parts": sealed(in_parts(11, literal_body(PLAIN))),
    "in small parts": sealed(in_parts(11, literal_body(PLAIN), exponent=5)),
    "old header": sealed(old_packet(11, literal_body(PLAIN), octets=2)),
    "without a length": sealed(old_packet(11, literal_body(PLAIN), octets=0)),
    "zip": sealed(deflated(COMPLETE)),
    "zlib": sealed(compressed(COMPLETE)),
    "bzip2": sealed(bzipped(COMPLETE)),
    "compressed with nothing": sealed(packet(8, b"\0" + COMPLETE)),
    "compressed twice": sealed(compressed(COMPLETE, times=2)),
    "compressed often": sealed(compressed(COMPLETE, times=16)),
    "empty": sealed(literal(b"")),
    "marker inside": sealed(packet(10, b"PGP") + COMPLETE),
    "padding inside": sealed(COMPLETE + packet(21, b"padding")),
    "a private packet inside": sealed(COMPLETE + packet(60, b"private")),
    "signed by a stranger": signed_and_sealed(as_it_is),
    "signed by a stranger, old style": signed_and_sealed(old_style),
    "signed by a stranger, changed": signed_and_sealed(with_other_contents),
    "signed and compressed": lambda sent: sent.seal(
        PLAIN, "--local-user", STRANGERS_KEY, "--sign", plain_form=True
    ),
    "signed by two strangers": signed_and_sealed(as_it_is, "--local-user", ANOTHER_KEY),
    "signed by one who is known": signed_and_sealed(as_it_is, by="known@localhost"),
    "signed by one who is known, old style": signed_and_sealed(old_style, by="known@localhost"),
    "signed by a key that has expired": signed_and_sealed(
        as_it_is, "--faked-system-time", A_DAY_LATER, by="old@localhost"
    ),
    "signature has expired": signed_and_sealed(
        as_it_is,
        *("--faked-system-time", A_DAY_LATER, "--default-sig-expire", "1d"),
        by="old@localhost",
    ),
    "signature of an unknown version": signed_and_sealed(with_another_inside),
    "marker first": first_and(lambda usual: packet(10, b"PGP") + usual),
    "padding first": first_and(lambda usual: packet(21, b"padding") + usual),
    "padding between": around(
        lambda key, data: usual_form(key, data, between=packet(21, b"padding"))
    ),
    "session key of an unknown version first": first_and(
        lambda usual: packet(1, b"\x17" + bytes(64)) + usual
    ),
    "session key of an unknown version between": around(
        lambda key, data: usual_form(key, data, between=packet(1, b"\x17" + bytes(64)))
    ),
    "session key of version 6": first_and(lambda usual: packet(1, b"\x06\0" + bytes(64)) + usual),
    "session key of an unknown algorithm": around(
        lambda key, data: packet(1, key[:9] + b"\x63" + bytes(64)) + usual_form(key, data)
    ),
    "session key of version 2": around(lambda key, data: usual_form(b"\2" + key[1:], data)),
    "passphrase of an unknown version": first_and(
        lambda usual: packet(3, b"\x17" + bytes(20)) + usual
    ),
    "a passphrase, too": first_and(
        lambda usual: packet(3, b"\4\x09\3\x08" + bytes(8) + b"\x60") + usual
    ),
    "a damaged session key first": around(
        lambda key, data: packet(1, key[:10] + b"\x08\0" + b"\x55" * 256) + usual_form(key, data)
    ),
    "to another key, too": to_another_first,
    "to a hidden key": sealed(COMPLETE, "--throw-keyids"),
    "to hidden keys": lambda sent: sent.seal(COMPLETE, "--hidden-recipient", ANOTHER_KEY),
    "encrypted in parts": around(lambda key, data: packet(1, key) + in_parts(18, data)),
    "encrypted in small parts": around(
        lambda key, data: packet(1, key) + in_parts(18, data, exponent=4)
    ),
    "armour": in_armour(as_it_is),
    "armour, CRLF": in_armour(lambda text: text.replace(b"\n", b"\r\n")),
    "armour, CR": in_armour(lambda text: text.replace(b"\n", b"\r")),
    "armour, wrong checksum": lambda sent: armoured(sent.seal(COMPLETE), checksum=b"=AAAA"),
    "armour, no padding": lambda sent: armoured(sent.seal(COMPLETE)).replace(b"=", b""),
    "armour, headers": in_armour(
        lambda text: text.replace(b"\n\n", b"\nVersion: 1\nComment: a: b\n\n", 1)
    ),
    "armour, no empty line": in_armour(lambda text: text.replace(b"\n\n", b"\n", 1)),
    "armour, a line of blanks": in_armour(lambda text: text.replace(b"\n\n", b"\n \t\n", 1)),
    "armour, blanks at line ends": in_armour(lambda text: text.replace(b"\n", b"  \n")),
    "armour, text before": in_armour(lambda text: b"Dear receiver,\n\n" + text),
    "armour, text behind": in_armour(lambda text: text + b"\nYours\n"),
    "armour, byte order mark": in_armour(lambda text: b"\xef\xbb\xbf" + text),
    "armour, empty lines before": in_armour(lambda text: b"\n\n" + text),
    "armour, indented": in_armour(lambda text: b"  " + text),
    "armour, no last line": in_armour(lambda text: text.partition(b"-----END")[0]),
    "armour, one line": in_armour(
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
