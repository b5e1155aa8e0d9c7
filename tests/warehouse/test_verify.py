"""A replay of all that has landed finds what is not as it makes it."""

from pathlib import Path

import duckdb

from ingest.verify import verify_warehouse
from tests.warehouse.conftest import run_dbt
from tests.warehouse.landing import Landing, daily_file
from tests.warehouse.test_scaffold import land


def test_a_changed_value_a_lost_and_an_odd_table_are_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    landing = Landing(data)
    land(landing)
    run_dbt("run", target=tmp_path / "target", cwd=tmp_path)
    with duckdb.connect(data / "warehouse.duckdb") as warehouse:
        warehouse.execute("update main.users set first_name = 'other'")
        warehouse.execute("drop table main.visits")
        warehouse.execute("create table main.odd as select 1")

    _, differing = verify_warehouse(data)

    user = f"{daily_file('users.created').delivery.client_guid} U1"
    found = {each.table: (each.missing, each.extra) for each in differing}
    assert found.keys() == {'"main"."users"', '"main"."visits"', '"main"."odd"'}
    assert [row.startswith(user) for row in found['"main"."users"'][0]] == [True]
    assert found['"main"."visits"'] == (["all"], [])
    assert found['"main"."odd"'] == ([], ["all"])
    assert not (data / ".tmp").exists()
