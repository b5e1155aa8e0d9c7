"""Let a role read what was published, and nothing else."""

from ingest.errors import PublishError
from ingest.warehouse.database import quoted
from ingest.warehouse.publish.postgres.server import Server, rows, run
from ingest.warehouse.publish.postgres.state import MIRROR, OPS, TABLES


def let_read(server: Server, reader: str | None) -> None:
    """Give a role SELECT on every published table.

    Raises:
        PublishError: there is no such role.
    """
    if not reader:
        return
    if not rows(server, "select 1 from pg_roles where rolname = %s", reader):
        raise PublishError(
            f"expected a role {reader}, found none; "
            f"make it with: create role {quoted(reader)} login"
        )
    published = rows(server, f"select schema_name, table_name from {TABLES}")
    schemas = sorted({OPS, *(schema for schema, _ in published)})
    tables = [MIRROR, TABLES, *(quoted(*place) for place in published)]
    run(server, f"grant usage on schema {', '.join(map(quoted, schemas))} to {quoted(reader)}")
    run(server, f"grant select on {', '.join(tables)} to {quoted(reader)}")
