"""What a baseline's files are, as far as their names and schemas tell. Pure, no I/O.

Nobody has published how such files are called. So a name need only hold that of a resource, as a
word of its own, and where it does not the schema has to say it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from ingest.delivery.names import spell_client

ENCRYPTED: Final = (".pgp", ".gpg", ".asc")
FILES: Final = (".avro", *ENCRYPTED)
_OTHERS: Final = re.compile(
    r"\..*|(readme|manifest|checksums?|sha\d+sums?|md5sums?)\b.*"
    r"|.*\.(csv|txt|md|json|html?|pdf|xml|sig|sha\d+|md5)"
)
_CLIENT: Final = re.compile(
    r"CLT-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII
)

SHARE, COVER = 0.7, 0.3
"""So many of a schema's fields must be a resource's own, and so many of that's be among them."""
LEAD: Final = 0.1
"""By so much must the resource that fits best do so better than every other one."""


def is_data_file(name: str) -> bool:
    """Say whether a file in a folder may be one of a baseline: Avro, or something encrypted."""
    return PurePosixPath(name.lower()).suffix in FILES and may_be_data(name)


def may_be_data(name: str) -> bool:
    """Say whether a file may be one of a baseline, although nothing is known of its extension."""
    base = PurePosixPath(name.lower()).name
    while base.endswith(ENCRYPTED):
        base = base.rpartition(".")[0]
    return not _OTHERS.fullmatch(base)


def client_in(text: str) -> str | None:
    """Give the client whose guid stands in a text; None where there is none, or several."""
    found = {spell_client(each) for each in _CLIENT.findall(text)}
    return found.pop() if len(found) == 1 else None


def resource_in_name(name: str, *, known: Collection[str]) -> str | None:
    """Give the resource that a path names, its own name before those of its folders.

    Where one of them names two resources, that is no answer, and nothing else is asked.
    """
    for part in (each.lower() for each in reversed(PurePosixPath(name).parts)):
        if found := list(_words_of(_CLIENT.sub("", part), known)):
            return found[0] if len(set(found)) == 1 else None
    return None


def resource_in_schema(schema: Any, *, columns: Mapping[str, Collection[str]]) -> str | None:
    """Give the resource whose rows a schema describes, by the name of its record or its fields.

    Args:
        columns: the known resources, with what is known of the fields of each.
    """
    if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
        return None
    named = {form for form in _forms(str(schema.get("name", ""))) if form in columns}
    if len(named) == 1:
        return named.pop()
    fields = {str(field["name"]).lower() for field in schema["fields"] if "name" in field}
    return _fitting(fields, columns)


def _words_of(text: str, known: Collection[str]) -> Iterator[str]:
    """Give the resources that stand in a text between others than letters, the longest first."""
    for resource in sorted(known, key=len, reverse=True):
        word = re.escape(resource).replace("_", "[^a-z0-9]?")
        shorter = re.sub(f"(?<![a-z]){word}(?![a-z])", " . ", text)
        if shorter != text:
            yield resource
            text = shorter


def _forms(name: str) -> set[str]:
    """Write a record's name as resources are called, in the singular and in the plural."""
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
    singular = re.sub(r"ies$", "y", word) if word.endswith("ies") else word.removesuffix("s")
    plural = re.sub(r"y$", "ies", word) if word.endswith("y") else f"{word}s"
    return {word, singular, plural}


def _fitting(fields: set[str], columns: Mapping[str, Collection[str]]) -> str | None:
    fits = []
    for resource, own in columns.items():
        common = len(fields & set(own))
        if common and common >= SHARE * len(fields) and common >= COVER * len(own):
            fits.append((common / len(fields | set(own)), resource))
    fits.sort(reverse=True)
    if not fits or (len(fits) > 1 and fits[0][0] - fits[1][0] < LEAD):
        return None
    return fits[0][1]
