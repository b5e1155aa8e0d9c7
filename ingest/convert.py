"""Plain Avro to Parquet in another process, as what is large is converted.

A large file has a process to itself, which decodes in columns and may be lost: to a damaged file
that makes the decoder loop, or to a machine without memory. It is then read once more row by row.
"""

import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from ingest.delivery import DailyFile
from ingest.errors import Reason, RejectedError
from ingest.plaintext import Account, Plaintext
from ingest.worker import Worker, WorkerPool

CONVERTED_HERE_BYTES = 4 << 20
"""Smaller ones are done, by rows, before a process that decodes columns has started."""
CONVERTED_AT_ONCE: Final = min(os.cpu_count() or 1, 4)
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

    columns: list[dict[str, str]]
    """Name and type of each but the lineage, as the ledger has them."""
    decoder: str
    row_count: int


class Converters:
    """Processes that convert one plaintext each, as many as are asked for at once."""

    def __init__(self, *, patience_s: float | None = None) -> None:
        """Say how long a converter may take for one step that takes milliseconds."""
        arguments = [] if patience_s is None else [str(patience_s)]
        self._turns = threading.BoundedSemaphore(CONVERTED_AT_ONCE)
        self.workers = WorkerPool(lambda: Worker("ingest.convert_worker", *arguments))

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
        with self._turns, self.workers.lend() as worker, wanted.target.open("wb") as target:
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
    return told | {"converted": asdict(converted)}


def read_answer(answer: dict[str, Any]) -> Converted | RejectedError:
    """Take an outcome back from its words."""
    if rejected := answer.get("rejected"):
        return RejectedError(
            Reason(rejected["reason"]), expected=rejected["expected"], found=rejected["found"]
        )
    return Converted(**answer["converted"])
