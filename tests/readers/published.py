"""A warehouse that was built from a sample and published, as often as a test wants."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.support.receiver import PASSPHRASE, Receiver

ROOT = Path(__file__).parents[2]
MASK_KEY = "a key that no customer has ever had"
NAMES = ("warehouse.duckdb", "warehouse_masked.duckdb")


@dataclass(frozen=True, slots=True)
class Serve:
    """The published databases of a data folder; every file and table tells its release."""

    data: Path

    @property
    def full(self) -> Path:
        return self.data / "serve" / NAMES[0]

    @property
    def masked(self) -> Path:
        return self.data / "serve" / NAMES[1]

    @property
    def release(self) -> int:
        return int((self.data / "serve" / "current").readlink().name)

    def publish(self) -> int:
        """Write the next release's number into every transaction, and publish."""
        number = self.release + 1
        with duckdb.connect(self.data / "warehouse.duckdb") as warehouse:
            warehouse.execute("update state.transactions set revision = $1", [number])
            warehouse.execute("update ops.finished set build = $1", [f"build {number}"])
        call("ingest", "publish", data=self.data)
        assert self.release == number
        return number

    def roll_back(self) -> int:
        """Go back to the release before; `return_to_newest` needs but a moment then."""
        call("ingest", "publish", "--rollback", data=self.data)
        return self.release

    def return_to_newest(self) -> int:
        call("ingest", "publish", data=self.data)
        return self.release


def publish_sample(folder: Path, *, receiver: Receiver) -> Serve:
    """Send, land, build and publish a sample."""
    data, source = folder / "data", folder / "source"
    source.mkdir()
    sources = {
        "MX_SOURCE": str(source),
        "MX_GNUPGHOME": str(receiver.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }
    world = ["--seed=7", "--clients=1", "--users=12", "--days=3", f"--to={source}"]
    call("ingest", "sample", *world, data=data, **sources)
    call("ingest", "run", data=data, **sources)
    call("ingest", "build", "--quiet", data=data)
    serve = Serve(data)
    serve.publish()
    return serve


def call(module: str, *args: str, data: Path, **settings: str) -> str:
    """Run a command of the project to a good end and return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        [sys.executable, "-m", module, *args],
        env=environment | {"MX_DATA": str(data), "MX_MASK_KEY": MASK_KEY} | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
