"""The names of clients: how a setting gives them, and how texts show them."""

import re
from collections.abc import Mapping
from typing import Final

_CLIENT: Final = r"CLT-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PAIR: Final = re.compile(rf"({_CLIENT})\s*=\s*(\S.*)", re.IGNORECASE | re.ASCII)
_ALONE: Final = re.compile(rf"(?<![\w./-]){_CLIENT}(?![\w./-])", re.ASCII)
"""A GUID that is no part of a path or of a file's name."""


def read_client_names(value: str | Mapping[str, str]) -> dict[str, str]:
    """Read `CLT-...=Name, CLT-...=Other name`.

    Raises:
        ValueError: a part is no such pair.
    """
    if not isinstance(value, str):
        return dict(value)
    names = {}
    for part in filter(None, map(str.strip, value.split(","))):
        pair = _PAIR.fullmatch(part)
        if pair is None or not pair[2].isprintable():
            raise ValueError(f"expected CLT-...=Name, CLT-...=Name, found {part[:60]!a}")
        names[f"CLT-{pair[1][4:].lower()}"] = pair[2]
    return names


def name_clients(text: str, names: Mapping[str, str]) -> str:
    """Write the name of each client before its GUID."""

    def with_name(found: re.Match[str]) -> str:
        name = names.get(found[0])
        return f"{name} ({found[0]})" if name else found[0]

    return _ALONE.sub(with_name, text) if names else text
