"""Over each way of the demonstration all sent files land."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from sample.send.sample import write_sample
from sample.ways import WAYS
from tests.support.receiver import Receiver


@pytest.mark.parametrize("name", sorted(WAYS))
def test_what_is_sent_lands(
    tmp_path: Path, data: Path, keyring: Keyring, receiver_key: Receiver, name: str
) -> None:
    with WAYS[name](tmp_path, keyring=keyring) as way:
        sent = write_sample(
            to=way.to,
            keyring=keyring,
            recipient=receiver_key.fingerprint,
            seed=1,
            clients=1,
            users=2,
            days=1,
            start=datetime.now(tz=UTC).date() - timedelta(days=1),
            surprise=False,
            truth=None,
            sftp_password=way.password,
            known_hosts=way.known_hosts,
        )
        with way.open() as source:
            rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
            summary = run(source, data=data, keyring=keyring, rules=rules)

    assert (summary.facts()["rows_landed"], summary.alarms) == (sent.rows, 0)
    assert len(list((data / "landing").rglob("*.parquet"))) == sent.files
