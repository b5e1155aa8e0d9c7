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
from typing import Final

import typer

from ingest.commands.app import fail_on_error
from ingest.commands.console import progress_bar
from ingest.commands.demo_ending import count_tests, tell_ending
from ingest.commands.report import PAGE, read_facts, write_page
from ingest.errors import IngestError, SettingsError
from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.receiver_key import make_receiver_key
from ingest.pipeline import run
from ingest.settings import PASSPHRASE_FILE, load_settings
from ingest.settings.isolation import gpg_environment, leave_no_core
from ingest.status.runs import Progress
from ingest.warehouse.build.dbt_build import build_warehouse
from ingest.warehouse.build.watch import watching_dbt
from ingest.warehouse.models.docs import write_docs
from ingest.warehouse.publish.serving import read_serving
from sample.send.sample import write_sample
from sample.ways import WAYS, Way

DATA: Final = Path("data/demo")
SEED, USERS, DAYS = 7, 40, 5
SETTLE: Final = timedelta(hours=6)
MOST_TEXT: Final = 40
"""A bar has room for so much of what is done."""


def main(way_name: str = "sftp") -> None:
    leave_no_core()
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    with fail_on_error():
        if way_name not in WAYS:
            raise SettingsError(f"demo: expected {' or '.join(WAYS)}, found {way_name}")
        try:
            _show_all(way_name)
        except KeyboardInterrupt as error:
            again = "begin it again with: ./just demo"
            raise IngestError(f"demo: expected to end, found an interruption; {again}") from error


def _show_all(way_name: str) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    with _throw_away_folder() as folder:
        keyring, fingerprint = _make_key(folder / "gnupg")
        with WAYS[way_name](folder, keyring=keyring) as way:
            _deliver(way, keyring=keyring, fingerprint=fingerprint)
            _ingest(way, keyring=keyring)
    _build()
    tests = count_tests(DATA)
    _describe()
    typer.echo(f"\n{tell_ending(DATA, way=way_name, tests=tests)}")


def _make_key(home: Path) -> tuple[Keyring, str]:
    with _step("make a throw-away RSA-4096 key pair"):
        fingerprint = make_receiver_key(
            home, user_name="Demo", email="demo@localhost", expires="1d", passphrase=None
        )
    return Keyring(home, passphrase=(home / PASSPHRASE_FILE).read_text().strip()), fingerprint


def _deliver(way: Way, *, keyring: Keyring, fingerprint: str) -> None:
    with _step(f"deliver {DAYS} days for one client to {way.shown}") as progress:
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
            progress=progress,
        )


def _ingest(way: Way, *, keyring: Keyring) -> None:
    rules = Rules(settle=SETTLE, max_plain_bytes=1 << 30)
    what = "fetch, decrypt, verify and land"
    with _step(what, of_bytes=True) as progress, way.open() as source:
        summary = run(source, data=DATA, keyring=keyring, rules=rules, progress=progress)
    if summary.failures or summary.alarms:
        raise IngestError(f"demo: expected every file to land, found: {summary.text()}")


def _build() -> None:
    serving = read_serving(load_settings())
    with _step("build, test and publish the tables") as progress:
        with watching_dbt(DATA, progress):
            code = build_warehouse(DATA, dbt_args=["--quiet"], serving=serving)
        if code:
            raise IngestError("dbt build: expected to succeed, found failures above")


def _describe() -> None:
    with _step("write the status page and the dictionary"):
        facts = read_facts(DATA, now=datetime.now(tz=UTC), settle=SETTLE, client_names={})
        write_page(facts, DATA / PAGE)
        write_docs(DATA)


@contextmanager
def _step(what: str, *, of_bytes: bool = False) -> Iterator[Progress]:
    """Say what is done and how long it took; on a terminal a bar shows how far it is."""
    began, is_seen = time.monotonic(), sys.stderr.isatty()
    if not is_seen:
        typer.echo(f"{what} ... ", nl=False)
    with progress_bar(of_bytes=of_bytes) as progress:
        progress.begin(what.partition(" to ")[0][:MOST_TEXT], total=None)
        yield progress
    typer.echo(f"{f'{what} ... ' if is_seen else ''}{time.monotonic() - began:.1f} s")


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
