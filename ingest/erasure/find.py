"""Find all rows of a user in the landing: their own, and those of all that they own."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ingest.delivery.owners import OWNERS, keys_of
from ingest.landing.erased.keys import ErasedKeys
from ingest.landing.erased.rows import Found, find_rows


@dataclass(slots=True)
class Owned:
    """The rows of erased users in the landing of one client."""

    files: dict[str, Found] = field(default_factory=dict)
    """By path; a file without such rows is not there."""
    resources: dict[str, str] = field(default_factory=dict)
    """The resource of each of these files."""
    hashes: set[str] = field(default_factory=set)
    """Of the keys of the rows that were found."""

    @property
    def row_count(self) -> int:
        return sum(len(found.rows) for found in self.files.values())

    def by_resource(self) -> dict[str, tuple[int, int]]:
        """Count files and rows of each resource."""
        files, rows = Counter(self.resources.values()), Counter[str]()
        for path, found in self.files.items():
            rows[self.resources[path]] += len(found.rows)
        return {name: (files[name], rows[name]) for name in sorted(files)}


def find_owned(data: Path, *, client: str, keys: ErasedKeys) -> Owned:
    """Find the rows of erased users, and note the keys of these rows, until no more are found.

    All events count, also of records that are deleted by now. A row that lacks its owner is found
    by its own key, where another row of that key has the owner.

    Args:
        keys: those that are known to be erased. The keys of rows that are found join them.
    """
    owned, files = Owned(), landed_files(data, client=client)
    unread = set(files)
    while unread:
        for resource in sorted(unread, key=_owners_first):
            unread.discard(resource)
            found = find_rows(files[resource], client=client, resource=resource, keys=keys)
            owned.files |= found
            owned.resources |= dict.fromkeys(found, resource)
            guids = {guid for each in found.values() for guid in each.guids}
            hashes = {keys.hash(client, resource, guid) for guid in guids}
            if hashes - keys.hashes:
                unread |= {each for each in files if resource in keys_of(each).values()}
            keys.hashes |= hashes
            owned.hashes |= hashes
    return owned


def landed_files(data: Path, *, client: str) -> dict[str, list[Path]]:
    """List the files of a client's landing by resource."""
    files = {}
    for folder in sorted((data / "landing").glob("resource=*")):
        paths = [
            path for name in (client, f"{client}.*") for path in folder.glob(f"*/*/{name}.parquet")
        ]
        if paths:
            files[folder.name.removeprefix("resource=")] = sorted(paths)
    return files


def _owners_first(resource: str) -> tuple[int, str]:
    owners = list(dict.fromkeys(OWNERS.values()))
    return (owners.index(resource) if resource in owners else len(owners), resource)
