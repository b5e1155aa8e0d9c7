"""What a disk may do to a stored file, and what is said of it."""

import operator
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.landing.stored_files import Checked
from tests.support.sender import CLIENT, DAY

NAME = f"{CLIENT}.{DAY}.users.created.avro.pgp"


MANIFEST = f"archive/{CLIENT}/{DAY}/{CLIENT}.{DAY}-manifest.csv.pgp"


ARCHIVED = f"archive/{CLIENT}/{DAY}/{NAME}"


LANDED = f"landing/resource=users/event=created/date={DAY}/{CLIENT}.parquet"


REPAIR = "make it anew from the archive with: ingest verify --repair"


Damaging = Callable[[Path], object]


def flip(path: Path, *, at: int = 40) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def write_other_rows(path: Path) -> None:
    """What lies there can be read, and was never delivered."""
    table = pq.ParquetFile(path).read()
    guids = pa.array(["z"] * table.num_rows)
    pq.write_table(table.set_column(0, table.schema.field(0), guids), path)


NAMED = operator.attrgetter("__name__")


DAMAGES: tuple[Damaging, ...] = (flip, halve, empty, write_other_rows)


def whole(checked: Checked) -> tuple[int, int, int, list[str]]:
    paths = [each.path for each in checked.damaged]
    return (checked.landed, checked.archived, checked.without_hash, paths)
