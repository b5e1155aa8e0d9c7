"""Old rows go from archive, landing and history; the present tables stay as they were."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.erasure.elsewhere import Elsewhere
from ingest.erasure.retain import Retention, first_kept_day, preview
from ingest.errors import SettingsError
from ingest.openpgp.keyring import Keyring
from ingest.store.ledger import read_records
from ingest.warehouse.replay import verify_files, verify_warehouse
from tests.conftest import Ingest, landed_rows
from tests.erasure.conftest import LOGS, USERS, landed, send, traces
from tests.support.receiver import Receiver
from tests.support.sender import Sender
from tests.support.status import RULES
from tests.support.world import publish_world
from tests.warehouse.publish.warehouse import serving

START = date(2026, 1, 2)
BEFORE = date(2026, 1, 5)
TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("older_than", "day"),
    [("90d", date(2025, 12, 31)), ("3y", date(2023, 3, 31)), ("1m", date(2026, 2, 28))],
)
def test_an_age_is_in_days_months_or_years(older_than: str, day: date) -> None:
    assert first_kept_day(older_than, today=TODAY) == day


@pytest.mark.parametrize("older_than", ["", "3", "3w", "-1d", "0y", "29d", "3 y"])
def test_a_malformed_or_short_age_is_refused(older_than: str) -> None:
    with pytest.raises(SettingsError, match="--older-than: expected"):
        first_kept_day(older_than, today=TODAY)


def retain(data: Path, keyring: Keyring, *, before: date = BEFORE) -> Any:
    retention = Retention(data=data, before=before, keyring=keyring, rules=RULES)
    return retention.apply(requested_by="a policy")


def test_of_each_key_the_last_old_event_stays(
    sender: Sender, ingest: Ingest, data: Path, keyring: Keyring
) -> None:
    """It is what the present state and history from that day on need."""
    days = ("2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05")
    for number, sender.day in enumerate(days):
        sender.rows = []
        changed = {"guid": "changed", "first_name": f"Name{number}"}
        once = {"guid": f"once{number}", "first_name": f"Once{number}"}
        send(sender, USERS, changed, once, event="updated")
        send(sender, LOGS, {"user_guid": "changed", "action": f"click{number}"})
        sender.send_manifest()
    assert ingest().alarms == 0

    foreseen = preview(data, before=BEFORE, memory_bytes=RULES.memory_bytes)
    outcome = retain(data, keyring)

    assert outcome.resources == {"analytics_events": (3, 3), "users": (2, 2)}
    assert foreseen.resources == outcome.resources
    left = [row["first_name"] for row in landed(data, "users", "updated")]
    assert left == ["Once0", "Once1", "Name2", "Once2", "Name3", "Once3"]
    assert [row["action"] for row in landed(data, "analytics_events")] == ["click3"]
    gone = [b"Name0", b"Name1", b"click0", b"click1", b"click2"]
    assert traces(data, keyring, gone) == {}
    assert verify_files(data).damaged == []
    [record] = [each for each in read_records(data / "ledger") if each.get("state") == "retained"]
    assert (record["older_than"], record["rows_erased"]) == ("2026-01-05", 5)
    assert retain(data, keyring).rows == 0
    assert ingest().files_landed == 0


def test_a_key_that_is_deleted_keeps_no_more_than_its_delete(
    sender: Sender, ingest: Ingest, data: Path, keyring: Keyring
) -> None:
    send(sender, USERS, {"guid": "a", "first_name": "Gone"})
    send(sender, USERS, {"guid": "a"}, event="deleted")
    sender.send_manifest()
    ingest()

    retain(data, keyring)

    assert [(row["_event"], row["guid"]) for row in landed_rows(data)] == [("deleted", "a")]
    assert traces(data, keyring, [b"Gone"]) == {}


def test_the_present_tables_and_later_history_stay(
    tmp_path: Path, keyring: Keyring, receiver_key: Receiver
) -> None:
    data = publish_world(
        tmp_path,
        keyring=keyring,
        recipient=receiver_key.fingerprint,
        serving=serving(),
        seed=11,
        users=5,
        days=6,
        start=START,
    )
    before = tables(data)

    outcome = retain(data, keyring)
    Elsewhere(data=data, serving=serving()).remove(outcome)

    assert outcome.rows > 0
    after = tables(data)
    assert after.keys() == before.keys()
    for name, rows in before.items():
        assert after[name] == rows, name
    assert verify_warehouse(data)[1] == []


def tables(data: Path) -> dict[str, list[str]]:
    """Read all live rows but logs, and the versions that held on the first kept day or later."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as database:
        database.execute("set TimeZone = 'UTC'")
        names = database.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('main', 'history') and table_name not like 'analytics%' "
            "order by all"
        ).fetchall()
        return {
            f"{schema}.{name}": read(database, schema, name)
            for schema, name in names
            if "_client_guid" in columns_of(database, schema, name)
        }


def columns_of(database: duckdb.DuckDBPyConnection, schema: str, name: str) -> list[str]:
    return [row[0] for row in database.execute(f"describe {schema}.{name}").fetchall()]


def read(database: duckdb.DuckDBPyConnection, schema: str, name: str) -> list[str]:
    changed = {"_row_number", "_version", "_source_sha256"}
    kept = [each for each in columns_of(database, schema, name) if each not in changed]
    condition = f"valid_to is null or valid_to > '{BEFORE}'" if schema == "history" else "true"
    columns = ", ".join(f'"{each}"' for each in kept)
    rows = database.execute(f"select {columns} from {schema}.{name} where {condition}").fetchall()
    return sorted(map(str, rows))
