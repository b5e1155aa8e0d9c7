"""`just demo`: turn synthetic deliveries into tables, with no settings.

The deliveries come over SFTP, or from a Reporting API: `just demo https`.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from ingest.commands.app import fail_on_error
from ingest.errors import IngestError, SettingsError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.keys import make_receiver_key
from ingest.pipeline import run
from ingest.settings import PASSPHRASE_FILE, load_settings
from ingest.settings.isolation import gpg_environment, leave_no_core
from ingest.status.runs import Summary
from ingest.warehouse.build.dbt_build import build_warehouse
from ingest.warehouse.database import open_warehouse
from ingest.warehouse.publish.serving import read_serving
from sample.send.sample import write_sample
from sample.ways import WAYS

DATA = Path("data/demo")
SEED, USERS, DAYS = 7, 40, 5

QUESTION = "What did users spend most on?"
ANSWER = """\
select category_name, count(*) as purchases, sum(amount) as spent
from transactions
where transaction_type = 'DEBIT' and status = 'POSTED'
group by category_name
order by spent desc
limit 5"""


def main(way_name: str = "sftp") -> None:
    leave_no_core()
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    with fail_on_error():
        if way_name not in WAYS:
            raise SettingsError(f"demo: expected {' or '.join(WAYS)}, found {way_name}")
        shutil.rmtree(DATA, ignore_errors=True)
        with _throw_away_folder() as folder:
            keyring, fingerprint = _make_key(folder / "gnupg")
            summary = _deliver_and_ingest(
                folder, way_name=way_name, keyring=keyring, fingerprint=fingerprint
            )
        typer.echo(summary.text())
        _build()
        _show_tables()


def _make_key(home: Path) -> tuple[Keyring, str]:
    with _step("make a throw-away RSA-4096 key pair"):
        fingerprint = make_receiver_key(
            home, user_name="Demo", email="demo@localhost", expires="1d", passphrase=None
        )
    return Keyring(home, passphrase=(home / PASSPHRASE_FILE).read_text().strip()), fingerprint


def _deliver_and_ingest(
    folder: Path, *, way_name: str, keyring: Keyring, fingerprint: str
) -> Summary:
    with WAYS[way_name](folder, keyring=keyring) as way:
        with _step(f"deliver {DAYS} days for one client to {way.shown}"):
            write_sample(
                to=way.to,
                keyring=keyring,
                recipient=fingerprint,
                seed=SEED,
                clients=1,
                users=USERS,
                days=DAYS,
                start=datetime.now(tz=UTC).date() - timedelta(days=DAYS),
                surprise=True,
                truth=None,
                sftp_password=way.password,
                known_hosts=way.known_hosts,
            )
        rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
        with _step("fetch, decrypt, verify and land"), way.open() as source:
            return run(source, data=DATA, keyring=keyring, rules=rules)


def _build() -> None:
    serving = read_serving(load_settings())
    with _step("build, test and publish the warehouse with dbt"):
        if build_warehouse(DATA, dbt_args=["--quiet"], serving=serving):
            raise IngestError("dbt build: expected to succeed, found failures above")


def _show_tables() -> None:
    with open_warehouse(DATA / "serve" / "warehouse.duckdb") as warehouse:
        tables = warehouse.sql("select table_name from duckdb_tables() where schema_name = 'main'")
        counts = [
            f'select \'main.{name}\' as "table", count(*) as rows from main."{name}"'  # noqa: S608 - our names
            for (name,) in tables.fetchall()
        ]
        typer.echo("\nCurrent rows")
        warehouse.sql(f"{' union all '.join(counts)} order by 2 desc").show(max_rows=len(counts))
        typer.echo(f"\n{QUESTION}\n\n{ANSWER}")
        warehouse.sql(ANSWER).show()
    typer.echo(f'\nAsk your own: MX_DATA={DATA} .venv/bin/just query "from accounts limit 5"')


@contextmanager
def _step(what: str) -> Iterator[None]:
    began = time.monotonic()
    typer.echo(f"{what} ... ", nl=False)
    yield
    typer.echo(f"{time.monotonic() - began:.1f} s")


@contextmanager
def _throw_away_folder() -> Iterator[Path]:
    """Make a folder with a short path: gpg-agent's socket allows 108 characters."""
    folder = Path(tempfile.mkdtemp(prefix="mx-demo-"))
    try:
        yield folder
    finally:
        home = str(folder / "gnupg")
        end = ["gpgconf", "--homedir", home, "--kill", "all"]
        subprocess.run(end, env=gpg_environment(), check=False)  # noqa: S603 - own command
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
