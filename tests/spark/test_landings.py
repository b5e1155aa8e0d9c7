"""One warehouse on Spark over the landings of two machines, kept through a killed build."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pyarrow as pa
import pytest

from tests.dbt_project.landing import CLIENT, Landing, daily_file
from tests.dbt_project.oracle import OWNERS
from tests.dbt_project.worlds import Arrival, draw_waves
from tests.engines.engines import OWN, run_dbt
from tests.engines.tables import Tables, find_differences, read_warehouse
from tests.spark.warehouse import WITHOUT_TESTS, SparkWarehouse, only

CLIENTS = 4
RECORDED = {"ledger", "landed_files", "landed_columns", "daily_files", "deliveries"}
"""Tables of `ops` with the times of records, which two machines do not record as one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Two machines that land, one that lands the same files alone, and Spark over the two."""

    machines: tuple[Landing, Landing]
    alone: Landing
    spark: SparkWarehouse

    def land(self, arrivals: list[Arrival]) -> None:
        for arrival in arrivals:
            number = int(arrival.file.delivery.client_guid[-1]) % len(self.machines)
            arrival.land(self.machines[number])
            arrival.land(self.alone)

    def build_alone(self) -> Tables:
        """Build on DuckDB, over the landing of the one machine."""
        run_dbt("run", programs=OWN, data=self.alone.data)
        return read_warehouse(self.alone.data / "warehouse.duckdb")


@pytest.fixture(scope="module")
def waves() -> Iterator[list[Arrival]]:
    return iter(draw_waves(Random(7), clients=CLIENTS, waves=3))  # noqa: S311 - seeded


@pytest.fixture(scope="module")
def both(waves: Iterator[list[Arrival]], tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines whose first wave Spark has built."""
    folder = tmp_path_factory.mktemp("machines")
    machines = Landing(folder / "a"), Landing(folder / "b")
    landings = ", ".join(str(each.data) for each in machines)
    spark = SparkWarehouse(data=folder / "spark" / "data", settings={"MX_LANDINGS": landings})
    made = Machines(machines=machines, alone=Landing(folder / "alone" / "data"), spark=spark)
    made.land(next(waves))
    made.build_alone()
    spark.build(*WITHOUT_TESTS)
    return made


def test_a_build_after_a_killed_one_makes_the_tables_of_one_machine(
    both: Machines, waves: Iterator[list[Arrival]]
) -> None:
    both.land(next(waves))
    both.spark.build_until("OK created sql incremental model state.members", *only(OWNERS))

    both.spark.build(*only(OWNERS))

    differences = find_differences(both.build_alone(), both.spark.tables("after a kill"))
    assert differences.keys() == {f"ops.{table}" for table in RECORDED}


def test_a_client_in_two_landings_is_refused(both: Machines) -> None:
    ledger = both.machines[0].data / "ledger" / "2026-02.jsonl"
    before = ledger.read_bytes()
    file = daily_file("users.created", day=9, client=CLIENT)
    both.machines[0].land(file, [{"guid": "U1"}], schema={"guid": pa.string()})

    said = both.spark.refuse()

    a, b = (f"{each.data}/" for each in both.machines)
    assert f"client {CLIENT}: expected in one of MX_LANDINGS, found in {a} and {b}" in said
    ledger.write_bytes(before)


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (b"not JSON\n", "not JSON"),
        (b"", "expected a record of each landed file, found none of landing/"),
    ],
)
def test_a_damaged_ledger_is_refused(both: Machines, damage: bytes, line: str) -> None:
    ledger = both.machines[1].data / "ledger" / "2026-02.jsonl"
    before = ledger.read_bytes()
    ledger.write_bytes(damage + before if damage else b"")

    said = both.spark.refuse()

    ledger.write_bytes(before)
    assert line in said or f"{ledger}, line 1" in said
