"""A run against the Reporting API on this machine, with the faults that a test plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.pipeline import run
from ingest.receive.sources import Https, Source, open_source
from ingest.receive.wanted import ALL_DAYS, Days
from ingest.status.files import Status
from ingest.status.runs import Summary
from sample.send.armour import Bodies
from sample.serve.reporting_api import ServedAt, serve_reporting_api
from tests.conftest import landed_rows
from tests.support.ledger import Snapshot, days_of, read_state
from tests.support.reporting_api import Faults
from tests.support.sender import CLIENT, DAY

API_KEY = "secret-of-a-test"
NAME = f"{CLIENT}.{DAY}.users.created"
SETTLE = timedelta(hours=6)


@dataclass
class Api:
    """A folder of deliveries behind the API, and the data folder that is filled from it."""

    folder: Path
    data: Path
    keyring: Keyring
    bodies: Bodies = "pgp"
    faults: Faults = field(default_factory=Faults)
    today: date = date.fromisoformat(DAY) + timedelta(days=1)
    """By the server's clock."""

    @contextmanager
    def serving(self) -> Iterator[ServedAt]:
        with serve_reporting_api(
            self.folder,
            keyring=self.keyring,
            api_key=API_KEY,
            bodies=self.bodies,
            now=lambda: datetime.combine(self.today, datetime.min.time(), tzinfo=UTC),
            faults=self.faults,
        ) as server:
            yield server

    @contextmanager
    def opened(
        self, *, key: str = API_KEY, https: Https | None = None, client: str = CLIENT
    ) -> Iterator[Source]:
        with (
            self.serving() as server,
            open_source(
                server.address_of(client), api_key=key, https=https or Https(ca=server.ca)
            ) as source,
        ):
            yield source

    def pull(self, *, days: Days = ALL_DAYS, key: str = API_KEY) -> Summary:
        """Do what `ingest run` does."""
        rules = Rules(settle=SETTLE, max_plain_bytes=1 << 30)
        with self.opened(key=key) as source:
            return run(source, data=self.data, keyring=self.keyring, rules=rules, days=days)

    @property
    def state(self) -> Snapshot:
        return read_state(self.data / "ledger")

    def statuses(self) -> dict[str, Status]:
        """Say how each file stands, by resource and event."""
        dates = {delivery.snapshot_date for delivery in self.state.days}
        days = [
            day
            for each in dates
            for day in days_of(
                self.data / "ledger", now=datetime.now(tz=UTC), settle=SETTLE, day=each
            )
        ]
        return {
            f"{file.key.resource}.{file.key.event}": file.status
            for day in days
            for file in day.files
        }

    def archived(self) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in sorted((self.data / "archive").rglob("*"))
            if path.is_file()
        }


def landed_guids(api: Api) -> list[str]:
    return [row["guid"] for row in landed_rows(api.data)]
