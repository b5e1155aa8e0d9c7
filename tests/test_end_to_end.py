"""The main job: what a sender delivers to a real sshd is what the tables say, value by value."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.sshd import Sshd
from tests.truth import compare_truth

ROOT = Path(__file__).parents[1]


def call(module: str, *args: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *args],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("seed", "clients"), [(1, 1), (2, 2), (3, 1)], ids=["one client", "two clients", "another seed"]
)
def test_the_tables_are_what_was_sent(
    sshd_server: Sshd, receiver_key: Receiver, tmp_path: Path, seed: int, clients: int
) -> None:
    for path in sshd_server.folder.iterdir():
        path.unlink()
    truth = tmp_path / "truth.jsonl"
    settings = {
        "MX_SOURCE": sshd_server.address,
        "MX_DATA": str(tmp_path / "data"),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
        "MX_SFTP_PASSWORD": sshd_server.password,
        "MX_SFTP_KNOWN_HOSTS": str(sshd_server.known_hosts),
    }
    world = [f"--seed={seed}", f"--clients={clients}", "--users=12", "--days=6", "--surprise"]

    sent = call(
        "ingest", "sample", *world, f"--to={sshd_server.address}", f"--truth={truth}",
        settings=settings,
    )  # fmt: skip
    ran = call("ingest", "run", settings=settings)
    built = call("ingest", "build", settings=settings)

    assert (sent.returncode, sent.stderr) == (0, "")
    assert ran.returncode == 0, ran.stderr
    assert built.returncode == 0, built.stdout
    warehouse = tmp_path / "data" / "warehouse.duckdb"
    assert compare_truth(truth, warehouse) == []
    assert incomplete_deliveries(warehouse) == (6 * clients, 0, 0)


def incomplete_deliveries(warehouse: Path) -> tuple[int, ...]:
    """Count deliveries, those that are not complete, and files that are not landed."""
    query = """
        select count(*), count_if(not is_complete), sum(files_listed - files_landed)
        from ops.deliveries
    """
    with duckdb.connect(warehouse, read_only=True) as connection:
        [counts] = connection.execute(query).fetchall()
    return tuple(int(count) for count in counts)
