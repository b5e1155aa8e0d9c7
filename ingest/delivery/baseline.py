"""The client and resource of a baseline's files, from their names and schemas. Pure, no I/O.

MX documents no names of such files. So a name need only contain a resource as a separate word.
A schema decides for all other names.
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
"""The least share of a schema's fields that a resource has, and of a resource's that it has."""
LEAD: Final = 0.1
"""The resource that fits best must be better than every other by so much."""


def is_data_file(name: str) -> bool:
    """Say whether a file in a folder may be one of a baseline: Avro, or something encrypted."""
    return PurePosixPath(name.lower()).suffix in FILES and may_be_data(name)


def may_be_data(name: str) -> bool:
    """Say whether a file may be one of a baseline, whose extension says nothing."""
    base = PurePosixPath(name.lower()).name
    while base.endswith(ENCRYPTED):
        base = base.rpartition(".")[0]
    return not _OTHERS.fullmatch(base)


def client_in(text: str) -> str | None:
    """Find the client whose GUID is in a text; None where there is none, or several."""
    found = {spell_client(each) for each in _CLIENT.findall(text)}
    return found.pop() if len(found) == 1 else None


def resource_in_name(name: str, *, known: Collection[str]) -> str | None:
    """Find the resource in a path: in the file's name first, then in its folders from below.

    Returns:
        None where no part of the path names a resource, or the first that does names two.
    """
    for part in (each.lower() for each in reversed(PurePosixPath(name).parts)):
        if found := list(_words_of(_CLIENT.sub("", part), known)):
            return found[0] if len(set(found)) == 1 else None
    return None


def resource_in_schema(schema: Any, *, columns: Mapping[str, Collection[str]]) -> str | None:
    """Find the resource of a schema by the name of its record, or by its fields.

    Args:
        columns: the known resources with their known fields.
    """
    if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
        return None
    named = {form for form in _forms(str(schema.get("name", ""))) if form in columns}
    if len(named) == 1:
        return named.pop()
    fields = {str(field["name"]).lower() for field in schema["fields"] if "name" in field}
    return _fitting(fields, columns)


def _words_of(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield the resources that are separate words of a text, the longest first."""
    for resource in sorted(known, key=len, reverse=True):
        word = re.escape(resource).replace("_", "[^a-z0-9]?")
        shorter = re.sub(f"(?<![a-z]){word}(?![a-z])", " . ", text)
        if shorter != text:
            yield resource
            text = shorter


def _forms(name: str) -> set[str]:
    """Write a record's name as a resource may be named, in the singular and the plural."""
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
