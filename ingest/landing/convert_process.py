"""Convert plaintexts to Parquet, one after the other: the program of `ingest.landing.converters`.

A request brings two descriptors: one to read the plain bytes, and one to write Parquet.
"""

import os
import resource
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from ingest.concurrency import serve
from ingest.delivery.avro.decode import PATIENCE_S, open_container
from ingest.delivery.avro.schema import column_types
from ingest.delivery.names import parse_kept_stem
from ingest.errors import RejectedError
from ingest.landing.converters import ROW_GROUP_SHARE, Conversion, Converted, write_answer
from ingest.landing.parquet import write_parquet
from ingest.openpgp.message.plaintext import Plaintext
from ingest.settings.isolation import leave_no_core

SWITCH_S: Final = 0.0005
"""A tenth of Python's own: the reading thread waits less for the decoding one."""


def answer(request: dict[str, Any], descriptors: list[int], *, patience_s: float) -> dict[str, Any]:
    """Convert one plaintext, and describe the outcome for the pool."""
    limit_process(memory_bytes=request["memory_limit_bytes"], cpu_s=request["cpu_limit_s"])
    plaintext, target = descriptors
    file = parse_kept_stem(request["stem"])
    assert file  # noqa: S101 - the pool wrote the name
    wanted = Conversion(
        file=file,
        plain_sha256=request["plain_sha256"],
        target=Path(f"/dev/fd/{target}"),
        memory_bytes=request["memory_bytes"],
        size_bytes=request["size_bytes"],
        listed_rows=request["listed_rows"],
    )
    plain = Plaintext(os.dup(plaintext), limit=request["limit"])
    try:
        in_columns = request["in_columns"]
        converted = convert(plain, wanted, in_columns=in_columns, patience_s=patience_s)
        plain.drain()
    except MemoryError:
        return {"is_out_of_memory": True}
    except OSError as error:
        return {"os_error": [error.errno, error.strerror]}
    finally:
        plain.close()
    return write_answer(converted, totals=plain.totals)


def limit_process(*, memory_bytes: int, cpu_s: float) -> None:
    """Limit the memory and the processor time of this process.

    Without memory it gets a MemoryError or ends by a signal. After its processor time it ends by
    SIGPROF; the time of other processes does not count.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    signal.setitimer(signal.ITIMER_PROF, cpu_s)


def convert(
    plain: Plaintext, wanted: Conversion, *, in_columns: bool, patience_s: float
) -> Converted | RejectedError:
    """Convert a plaintext in this process, or return why it is no daily file."""
    try:
        container = open_container(
            plain, in_columns=in_columns, patience_s=patience_s, listed_rows=wanted.listed_rows
        )
        row_count = write_parquet(
            container,
            file=wanted.file,
            plain_sha256=wanted.plain_sha256,
            target=wanted.target,
            row_group_bytes=wanted.memory_bytes // ROW_GROUP_SHARE,
        )
    except RejectedError as error:
        return error
    return Converted(
        columns=column_types(container.schema), decoder=container.decoder, row_count=row_count
    )


def offer_to_the_oom_killer() -> None:
    """Let a system without memory end this process before the run."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def abort(*_: object) -> None:
    """End by a signal; the exit code 1 would mean that the process did not start."""
    os.abort()


if __name__ == "__main__":
    leave_no_core()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.excepthook = abort
    sys.setswitchinterval(SWITCH_S)
    offer_to_the_oom_killer()
    given = sys.argv[2:]
    serve(partial(answer, patience_s=float(given[0]) if given else PATIENCE_S))
