"""Convert plain Avro to Parquet in processes that a bad file may end without harm to others.

Each process has a limit of memory and, for each file, of processor time. It converts one file after
the other. A file that ends its process is read again, row by row, in a new process while no other
works. A file that ends this one, too, is rejected.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, Final, Self

from ingest.concurrency import Worker, WorkerLost, WorkerPool
from ingest.delivery.names import DailyFile
from ingest.errors import ConversionError, Reason, RejectedError
from ingest.openpgp.message.plaintext import Plaintext, Totals

IN_COLUMNS_BYTES = 64 << 10
"""Smaller files are read faster row by row."""
CONVERTED_AT_ONCE: Final = min(os.cpu_count() or 1, 4)
ROW_GROUP_SHARE: Final = 8
"""A row group is in memory twice: as rows until it is full, and encoded."""
MEMORY_BASE_BYTES: Final = 1 << 30
"""Added to twice the memory of landing: a block of 128 MiB is in memory three times, as bytes, as
Python values and as Arrow arrays."""
CPU_BASE_S: Final = 10.0
CPU_S_PER_BYTE: Final = 1e-5
"""A hundred times the usual time for a byte of rows, as blocks may be compressed."""
EXIT_S: Final = 10.0
"""A process that has closed its socket may take so long to end."""
_STOPPED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A plaintext to convert, and the limits for it."""

    file: DailyFile
    plain_sha256: str
    target: Path
    memory_bytes: int
    size_bytes: int
    """The size that the manifest states."""
    listed_rows: int | None = None

    @property
    def memory_limit_bytes(self) -> int:
        return 2 * self.memory_bytes + MEMORY_BASE_BYTES

    @property
    def cpu_limit_s(self) -> float:
        return CPU_BASE_S + CPU_S_PER_BYTE * self.size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A file that was written."""

    columns: list[dict[str, str]]
    """Name and type of each column but the lineage, as the ledger records them."""
    decoder: str
    row_count: int


class ConverterLost(Exception):  # noqa: N818 - a state, not yet a rejection
    """A file has ended the process that converted it; the message says how."""

    def __init__(self, rejection: RejectedError) -> None:
        super().__init__(f"expected {rejection.expected}, found {rejection.found}")
        self.rejection = rejection
        """The result, if a second process ends as well."""


class Converters:
    """Processes that each convert one plaintext at a time, a limited number at once."""

    def __init__(self, *, patience_s: float | None = None) -> None:
        """Set how much processor time one step may take that usually takes milliseconds."""
        arguments = [] if patience_s is None else [str(patience_s)]
        self._turns = threading.BoundedSemaphore(CONVERTED_AT_ONCE)
        self._alone = threading.Lock()
        self.workers = WorkerPool(lambda: Worker("ingest.landing.convert_process", *arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()

    def expect(self, size_bytes: int) -> None:
        """Start a process now, so that it is ready when the file has come."""
        if size_bytes:
            self.workers.warm()

    def convert(self, plain: Plaintext, wanted: Conversion) -> Converted | RejectedError:
        """Convert a plaintext in another process.

        Raises:
            ConverterLost: the process has ended, or had not enough memory.
            ConversionError: the process did not start, or someone has stopped it.
            OSError: the process cannot write.
        """
        with self._turns:
            in_columns = wanted.size_bytes >= IN_COLUMNS_BYTES
            return self._convert(plain, wanted, in_columns=in_columns)

    def convert_alone(self, plain: Plaintext, wanted: Conversion) -> Converted | RejectedError:
        """Convert a plaintext row by row in a new process, while no other works.

        Raises:
            ConverterLost, ConversionError, OSError: as `convert` does.
        """
        with self._all_turns():
            self.workers.close()
            return self._convert(plain, wanted, in_columns=False)

    @contextmanager
    def _all_turns(self) -> Iterator[None]:
        with self._alone, ExitStack() as turns:
            for _ in range(CONVERTED_AT_ONCE):
                turns.enter_context(self._turns)
            yield

    def _convert(
        self, plain: Plaintext, wanted: Conversion, *, in_columns: bool
    ) -> Converted | RejectedError:
        request = {
            "stem": wanted.file.stem,
            "plain_sha256": wanted.plain_sha256,
            "memory_bytes": wanted.memory_bytes,
            "size_bytes": wanted.size_bytes,
            "listed_rows": wanted.listed_rows,
            "memory_limit_bytes": wanted.memory_limit_bytes,
            "cpu_limit_s": wanted.cpu_limit_s,
            "limit": plain.limit,
            "in_columns": in_columns,
        }
        with self.workers.lend() as worker, wanted.target.open("wb") as target:
            try:
                worker.ask(request, [plain.fileno(), target.fileno()])
                answer = worker.answer()
            except WorkerLost as error:
                raise _lost(_exit_code(worker), wanted) from error
            if answer.get("is_out_of_memory"):
                raise ConverterLost(_too_large(f"{wanted.memory_limit_bytes >> 20} MB of memory"))
        if failure := answer.get("os_error"):
            raise OSError(*failure, os.fspath(wanted.target))
        plain.was_read_elsewhere(Totals(**answer["totals"]))
        return read_answer(answer)


def _exit_code(worker: Worker) -> int | None:
    with suppress(TimeoutExpired):
        return worker.process.wait(EXIT_S)
    return None


def _lost(exit_code: int | None, wanted: Conversion) -> ConverterLost | ConversionError:
    """Explain the end of a process: the file caused the signal, unless people send that one."""
    if exit_code is None or exit_code >= 0 or -exit_code in _STOPPED:
        return ConversionError(
            f"{wanted.file.stem}: expected a process to convert it, found it ended "
            f"(exit code {exit_code}); run again"
        )
    if -exit_code == signal.SIGPROF:
        return ConverterLost(_too_large(f"{wanted.cpu_limit_s:.0f} s of processor time"))
    found = f"the process ended by signal {-exit_code} ({signal.strsignal(-exit_code)})"
    return ConverterLost(
        RejectedError(Reason.NOT_AVRO, expected="rows that a process can decode", found=found)
    )


def _too_large(limit: str) -> RejectedError:
    expected = f"a file that is decoded with {limit}"
    return RejectedError(Reason.TOO_LARGE, expected=expected, found="one that takes more")


def write_answer(converted: Converted | RejectedError, *, totals: Totals) -> dict[str, Any]:
    """Write an outcome as a value for JSON."""
    answer: dict[str, Any] = {"totals": asdict(totals)}
    if isinstance(converted, RejectedError):
        reason, expected, found = converted.reason, converted.expected, converted.found
        return answer | {"rejected": {"reason": reason, "expected": expected, "found": found}}
    return answer | {"converted": asdict(converted)}


def read_answer(answer: dict[str, Any]) -> Converted | RejectedError:
    """Read an outcome that `write_answer` wrote."""
    if rejected := answer.get("rejected"):
        return RejectedError(
            Reason(rejected["reason"]), expected=rejected["expected"], found=rejected["found"]
        )
    return Converted(**answer["converted"])
