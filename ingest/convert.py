"""Plain Avro to Parquet: in this process what is small, elsewhere what is large.

A large file has a process to itself, which decodes in columns and may be lost: to a damaged file
that makes the decoder loop, or to a machine without memory. It is then read once more row by row.
"""

import base64
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa

from ingest.avro.decode import PATIENCE_S, open_container
from ingest.delivery import DailyFile
from ingest.errors import Reason, RejectedError
from ingest.landing import write_parquet
from ingest.plaintext import Account, Plaintext
from ingest.worker import Worker, WorkerPool

CONVERTED_HERE_BYTES = 4 << 20
"""Smaller ones are done, by rows, before a process that decodes columns has started."""
ROW_GROUP_SHARE: Final = 8
"""A row group waits in memory until it is full, and once more encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What is to be made of a plaintext."""

    file: DailyFile
    plain_sha256: str
    target: Path
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What has been written."""

    schema: pa.Schema
    decoder: str
    row_count: int


def convert(
    plain: Plaintext,
    wanted: Conversion,
    *,
    in_columns: bool = False,
    patience_s: float = PATIENCE_S,
) -> Converted | RejectedError:
    """Convert a plaintext in this process, or say why it is no daily file."""
    try:
        container = open_container(plain, in_columns=in_columns, patience_s=patience_s)
        row_count = write_parquet(
            container,
            file=wanted.file,
            plain_sha256=wanted.plain_sha256,
            target=wanted.target,
            row_group_bytes=wanted.memory_bytes // ROW_GROUP_SHARE,
        )
    except RejectedError as error:
        return error
    return Converted(schema=container.schema, decoder=container.decoder, row_count=row_count)


class Converters:
    """Processes that convert one plaintext each, as many as are asked for at once."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        """Say how long a converter may take for one step that takes milliseconds."""
        self.workers = WorkerPool(lambda: Worker("ingest.convert_worker", str(patience_s)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()

    def expect(self, size_bytes: int) -> None:
        """Have a process ready by the time a file of this size has come, if that will want one."""
        if not self.leaves_here(size_bytes):
            self.workers.warm()

    @staticmethod
    def leaves_here(size_bytes: int) -> bool:
        """Say whether a plaintext is converted sooner in this process than another one starts."""
        return size_bytes < CONVERTED_HERE_BYTES

    def convert(
        self, plain: Plaintext, wanted: Conversion, *, in_columns: bool
    ) -> Converted | RejectedError:
        """Have a plaintext converted in another process.

        Raises:
            WorkerLost: the process has ended meanwhile.
            OSError: it cannot write.
        """
        request = {
            "stem": wanted.file.stem,
            "plain_sha256": wanted.plain_sha256,
            "memory_bytes": wanted.memory_bytes,
            "limit": plain.limit,
            "in_columns": in_columns,
        }
        with self.workers.lend() as worker, wanted.target.open("wb") as target:
            worker.ask(request, [plain.fileno(), target.fileno()])
            answer = worker.answer()
        if failure := answer.get("os_error"):
            raise OSError(*failure, os.fspath(wanted.target))
        plain.was_read_elsewhere(Account(**answer["account"]))
        return read_answer(answer)


def write_answer(converted: Converted | RejectedError, *, account: Account) -> dict[str, Any]:
    """Put an outcome into words that JSON has."""
    told: dict[str, Any] = {"account": asdict(account)}
    if isinstance(converted, RejectedError):
        reason, expected, found = converted.reason, converted.expected, converted.found
        return told | {"rejected": {"reason": reason, "expected": expected, "found": found}}
    schema = base64.b64encode(converted.schema.serialize()).decode()
    facts = {"schema": schema, "decoder": converted.decoder, "row_count": converted.row_count}
    return told | {"converted": facts}


def read_answer(answer: dict[str, Any]) -> Converted | RejectedError:
    """Take an outcome back from its words."""
    if rejected := answer.get("rejected"):
        return RejectedError(
            Reason(rejected["reason"]), expected=rejected["expected"], found=rejected["found"]
        )
    facts = answer["converted"]
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(facts["schema"])))
    return Converted(schema=schema, decoder=facts["decoder"], row_count=facts["row_count"])
