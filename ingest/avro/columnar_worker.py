"""Decode flat containers into columns: the program behind `ingest.avro.columnar`.

The only importer of polars-avro. Standard input brings containers, the size of each as eight bytes
before it; standard output takes an Arrow stream for each.
"""

import io
import sys
from typing import Final

import polars_avro
import pyarrow as pa

from ingest.avro.columnar import SIZE_BYTES

BATCH_ROWS: Final = 1 << 16


def main() -> None:
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while size := int.from_bytes(requests.read(SIZE_BYTES), "big"):
        container = io.BytesIO(requests.read(size))
        table = polars_avro.read_avro(container, batch_size=BATCH_ROWS).to_arrow()
        with pa.ipc.new_stream(answers, table.schema) as stream:
            stream.write_table(table)
        answers.flush()


if __name__ == "__main__":
    main()
