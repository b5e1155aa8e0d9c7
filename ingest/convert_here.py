"""Plain Avro to Parquet in this process."""

from ingest.avro.decode import PATIENCE_S, open_container
from ingest.convert import ROW_GROUP_SHARE, Conversion, Converted
from ingest.errors import RejectedError
from ingest.parquet import column_types, write_parquet
from ingest.plaintext import Plaintext


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
    return Converted(
        columns=column_types(container.schema), decoder=container.decoder, row_count=row_count
    )
