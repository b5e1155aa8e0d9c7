"""Convert plaintexts one after the other: the program behind `ingest.convert`.

A request comes with a descriptor to read the plain bytes from, and one to write Parquet into.
"""

import os
import sys

from ingest.lean import import_arrow

import_arrow()

from functools import partial
from pathlib import Path
from typing import Any, Final

from ingest.avro.decode import PATIENCE_S
from ingest.convert import Conversion, write_answer
from ingest.convert_here import convert
from ingest.delivery import parse_kept_stem
from ingest.plaintext import Plaintext
from ingest.worker import serve

SWITCH_S: Final = 0.0005
"""A tenth of Python's own: a thread that has read a block waits less for the one that decodes."""


def answer(request: dict[str, Any], descriptors: list[int], *, patience_s: float) -> dict[str, Any]:
    plaintext, target = descriptors
    file = parse_kept_stem(request["stem"])
    assert file  # noqa: S101 - the asker had it from there
    wanted = Conversion(
        file=file,
        plain_sha256=request["plain_sha256"],
        target=Path(f"/dev/fd/{target}"),
        memory_bytes=request["memory_bytes"],
    )
    plain = Plaintext(os.dup(plaintext), limit=request["limit"])
    try:
        in_columns = request["in_columns"]
        converted = convert(plain, wanted, in_columns=in_columns, patience_s=patience_s)
        plain.drain()
    except OSError as error:
        return {"os_error": [error.errno, error.strerror]}
    finally:
        plain.close()
    return write_answer(converted, account=plain.account)


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_S)
    given = sys.argv[2:]
    serve(partial(answer, patience_s=float(given[0]) if given else PATIENCE_S))
