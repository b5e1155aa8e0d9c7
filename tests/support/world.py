"""A sample world that is sent, landed, built and published once for many tests."""

from datetime import date, timedelta
from pathlib import Path

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources.local import LocalFolder
from ingest.warehouse.build.dbt_build import build_warehouse
from ingest.warehouse.publish.serving import Serving
from sample.send.sample import write_sample


def publish_world(
    folder: Path,
    *,
    keyring: Keyring,
    recipient: str,
    serving: Serving,
    seed: int,
    users: int,
    days: int,
    start: date,
) -> Path:
    """Send, land, build and publish the days of a client; return the data folder."""
    source, data = folder / "source", folder / "data"
    source.mkdir()
    write_sample(
        to=str(source),
        keyring=keyring,
        recipient=recipient,
        seed=seed,
        clients=1,
        users=users,
        days=days,
        start=start,
        surprise=True,
        truth=None,
        sftp_password=None,
        known_hosts=None,
    )
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    run(LocalFolder(source), data=data, keyring=keyring, rules=rules)
    assert build_warehouse(data, dbt_args=["--quiet"], serving=serving) == 0
    return data
