"""Plain Avro to Parquet in another process, which a file may harm and nothing else.

Each process has a bound of memory and, for each file, of processor time. It takes one file after
the other as long as it behaves. A file that ends it is read once more, row by row, by a fresh
process while no other is at work; what ends that one, too, is rejected.
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
from ingest.openpgp.plaintext import Account, Plaintext

IN_COLUMNS_BYTES = 64 << 10
"""Smaller files are read sooner by rows."""
CONVERTED_AT_ONCE: Final = min(os.cpu_count() or 1, 4)
ROW_GROUP_SHARE: Final = 8
"""A row group waits in memory until it is full, and once more encoded."""
MEMORY_BASE_BYTES: Final = 1 << 30
"""What a process may have beyond twice the memory that landing may take: a block of 128 MiB is
there as bytes, as Python's values and as Arrow's."""
CPU_BASE_S: Final = 10.0
CPU_S_PER_BYTE: Final = 1e-5
"""A hundred times what rows of as many bytes take, as blocks may be compressed."""
EXIT_S: Final = 10.0
"""How long a process that has closed its socket may take to be gone."""
_STOPPED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What is to be made of a plaintext."""

    file: DailyFile
    plain_sha256: str
    target: Path
    memory_bytes: int
    size_bytes: int
    """How large the plaintext is said to be."""
    listed_rows: int | None = None

    @property
    def memory_limit_bytes(self) -> int:
        return 2 * self.memory_bytes + MEMORY_BASE_BYTES

    @property
    def cpu_limit_s(self) -> float:
        return CPU_BASE_S + CPU_S_PER_BYTE * self.size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What has been written."""

    columns: list[dict[str, str]]
    """Name and type of each but the lineage, as the ledger has them."""
    decoder: str
    row_count: int


class ConverterLost(Exception):  # noqa: N818 - it rejects nothing yet
    """A file has ended the process that converted it; the message says by what."""

    def __init__(self, rejection: RejectedError) -> None:
        super().__init__(f"expected {rejection.expected}, found {rejection.found}")
        self.rejection = rejection
        """The verdict, if no other process takes the file either."""


class Converters:
    """Processes that convert one plaintext each, as many as are asked for at once."""

    def __init__(self, *, patience_s: float | None = None) -> None:
        """Say how much processor time one step may take that takes milliseconds."""
        arguments = [] if patience_s is None else [str(patience_s)]
        self._turns = threading.BoundedSemaphore(CONVERTED_AT_ONCE)
        self._alone = threading.Lock()
        self.workers = WorkerPool(lambda: Worker("ingest.landing.convert.process", *arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()

    def expect(self, size_bytes: int) -> None:
        """Have a process ready by the time a file has come."""
        if size_bytes:
            self.workers.warm()

    def convert(self, plain: Plaintext, wanted: Conversion) -> Converted | RejectedError:
        """Have a plaintext converted in another process.

        Raises:
            ConverterLost: the process has ended meanwhile, or had not enough memory.
            ConversionError: there is no such process, or somebody else has ended it.
            OSError: it cannot write.
        """
        with self._turns:
            in_columns = wanted.size_bytes >= IN_COLUMNS_BYTES
            return self._convert(plain, wanted, in_columns=in_columns)

    def convert_alone(self, plain: Plaintext, wanted: Conversion) -> Converted | RejectedError:
        """Have a plaintext converted row by row, in a fresh process with no other at work.

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
        plain.was_read_elsewhere(Account(**answer["account"]))
        return read_answer(answer)


def _exit_code(worker: Worker) -> int | None:
    with suppress(TimeoutExpired):
        return worker.process.wait(EXIT_S)
    return None


def _lost(exit_code: int | None, wanted: Conversion) -> ConverterLost | ConversionError:
    """Say what the end of a process means: a signal is the file's doing unless people send it."""
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


def _too_large(bound: str) -> RejectedError:
    expected = f"a file that is decoded with {bound}"
    return RejectedError(Reason.TOO_LARGE, expected=expected, found="one that takes more")


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
