"""One world over SFTP and over the Reporting API ends in the same landing and tables."""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources import Source, open_source
from ingest.warehouse.build.dbt_build import build_warehouse
from sample.send.sample import write_sample
from sample.serve.sftp_server import serve_sftp
from tests.support.api import Api
from tests.support.receiver import Receiver
from tests.support.sender import CLIENT
from tests.warehouse.publish.warehouse import serving

START, DAYS = date(2026, 3, 1), 3


def land(source: Source, data: Path, keyring: Keyring) -> None:
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    summary = run(source, data=data, keyring=keyring, rules=rules)
    assert (summary.failures, summary.alarms) == ([], 0)


def landing(data: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in (data / "landing").rglob("*.parquet")
    }


def test_the_same_world_ends_in_the_same_tables(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    folder, by_sftp, by_api = (tmp_path / name for name in ("sent", "sftp", "api"))
    folder.mkdir()
    write_sample(
        to=str(folder), keyring=keyring, recipient=receiver_key.fingerprint, seed=5, clients=1,
        users=6, days=DAYS, start=START, surprise=True, truth=None, sftp_password=None,
        known_hosts=None,
    )  # fmt: skip
    with serve_sftp(folder, user="mx", password="p") as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts_line)
        address = f"sftp://mx@{server.host}:{server.port}/"
        with open_source(address, password="p", known_hosts=tmp_path / "known_hosts") as source:
            land(source, by_sftp, keyring)
    client_guid = next(folder.iterdir()).name.split(".")[0]
    for data, bodies in ((by_api, "plain"), (tmp_path / "armoured", "armour")):
        api = Api(folder=folder, data=data, keyring=keyring, today=START + timedelta(days=DAYS))
        api.bodies = bodies  # type: ignore[assignment]  # a Literal
        with api.opened(client=client_guid) as source:
            land(source, data, keyring)
        assert landing(data) == landing(by_sftp)

    for data in (by_sftp, by_api):
        assert build_warehouse(data, dbt_args=["--quiet"], serving=serving()) == 0
    assert differing_tables(by_sftp, by_api) == []
    assert client_guid != CLIENT


def differing_tables(one: Path, other: Path) -> list[str]:
    """Name the tables that analysts read of which any row or column differs."""
    with duckdb.connect() as connection:
        for name, data in (("one", one), ("other", other)):
            release = (data / "serve" / "warehouse.duckdb").resolve()
            connection.execute(f"attach '{release}' as {name} (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = "
            "'one' and schema_name in ('main', 'history', 'marts')"
        ).fetchall()
        assert len(tables) > 40
        return [
            table
            for (table,) in tables
            if connection.execute(
                f"(from one.{table} except all from other.{table}) union all "
                f"(from other.{table} except all from one.{table})"
            ).fetchall()
        ]
