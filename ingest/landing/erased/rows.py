"""Find the rows of erased users in Parquet files of the landing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ingest.delivery.owners import OWN_KEY, keys_of
from ingest.landing.erased.keys import ErasedKeys

_PATH: Final = "__filename"
_NUMBER: Final = "_row_number"


@dataclass(slots=True)
class Found:
    """Rows of one file that belong to erased users."""

    rows: list[int] = field(default_factory=list)
    """Their numbers in the file, from 0."""
    guids: set[str] = field(default_factory=set)
    """Their own keys."""


def find_rows(
    paths: list[Path], *, client: str, resource: str, keys: ErasedKeys
) -> dict[str, Found]:
    """Find the rows of erased users in files of one client and resource, by path.

    A row belongs to them if its own key was erased, or that of an owner. Files may lack any of the
    fields that name owners, and have them in any type; a key is a text.
    """
    found: dict[str, Found] = {}
    fields = keys_of(resource)
    for batch in _read(paths, [*fields]):
        is_erased = pa.array([False] * batch.num_rows, pa.bool_())
        for name, owner in fields.items():
            column = batch.column(name)
            guids = keys.find(client, owner, filter(None, column.unique().to_pylist()))
            if guids:
                is_erased = pc.or_(is_erased, pc.is_in(column, pa.array(guids, pa.string())))
        if is_erased.true_count:
            _note(batch.filter(is_erased), found)
    return found


def _read(paths: list[Path], names: list[str]) -> Iterator[pa.RecordBatch]:
    """Read the fields that name records as texts; null where a file has none, or no text in it."""
    schema = pa.schema([*((name, pa.string()) for name in names), (_NUMBER, pa.int64())])
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path in paths:
        alike[_without_texts(path, names)].append(str(path))
    for left_out, some in alike.items():
        readable = pa.schema([each for each in schema if each.name not in left_out])
        dataset = ds.dataset(some, schema=readable, format="parquet")
        for batch in dataset.to_batches(columns=[*readable.names, _PATH]):
            for name in left_out:
                batch = batch.append_column(name, pa.nulls(batch.num_rows, pa.string()))
            yield batch


def _without_texts(path: Path, names: list[str]) -> tuple[str, ...]:
    found = pq.read_schema(path)
    kinds = {name: found.field(name).type for name in names if name in found.names}
    return tuple(name for name, kind in kinds.items() if not pa.types.is_string(kind))


def _note(batch: pa.RecordBatch, found: dict[str, Found]) -> None:
    columns = (batch.column(name).to_pylist() for name in (_PATH, _NUMBER, OWN_KEY))
    for path, number, guid in zip(*columns, strict=True):
        of_path = found.setdefault(path, Found())
        of_path.rows.append(number)
        if guid is not None:
            of_path.guids.add(guid)
