"""A provider's field may be called like any column of ours: it lands and can be queried."""

from pathlib import Path

import pyarrow as pa

from tests.dbt_project.conftest import open_warehouse, run_dbt
from tests.dbt_project.landing import Landing, daily_file

TEXT = pa.string()
OURS = ("_version", "valid_from", "valid_to", "is_current", "rowid", "given", "live", "touched")


def test_fields_called_like_columns_of_ours_are_kept(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "data")
    schema = {"guid": TEXT, "user_guid": TEXT, "valid_from_": TEXT, **dict.fromkeys(OURS, TEXT)}
    for resource in ("tags", "plans"):
        for day, value in ((1, "one"), (2, "two")):
            row = {"guid": "A", "valid_from_": "taken"} | dict.fromkeys(OURS, value)
            event = "created" if day == 1 else "updated"
            landing.land(daily_file(f"{resource}.{event}", day=day), [row], schema=schema)
            run_dbt("run", target=tmp_path / "target", cwd=tmp_path)

    with open_warehouse(landing.data) as warehouse:
        for resource in ("tags", "plans"):
            names = ", ".join(f'"{name}"' for name in OURS)
            shown = warehouse.execute(f"select {names} from main.{resource}").fetchall()
            assert shown == [("two",) * len(OURS)]
            versions = warehouse.execute(
                "select _version, is_current, _version_, valid_from_, valid_from__, valid_to_, "
                f"is_current_, rowid from history.{resource} order by _version"
            ).fetchall()
            assert versions == [
                (1, False, "one", "taken", "one", "one", "one", "one"),
                (2, True, "two", "taken", "two", "two", "two", "two"),
            ]
        told = "select field from ops.schema_changes where resource = 'tags' and change = 'renamed'"
        assert sorted(warehouse.execute(told).fetchall()) == [(name,) for name in sorted(OURS[:4])]
