"""The project on the line of DuckDB before the one that it requires.

DuckDB 1.5 cannot delete rows of a table and add a column to it in one transaction.
"""

from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.engines.engines import programs_of, run_dbt
from tests.engines.tables import Tables, find_differences
from tests.engines.waves import land_third_wave

REFUSED = "Attempting to modify table stg_taggings but another transaction has altered this table"


@pytest.mark.parametrize("wave", [0, 1])
def test_the_line_before_makes_the_same_tables(
    ours: list[Tables], of_line_before: list[Tables], wave: int
) -> None:
    assert len(ours[wave]) > 100
    assert find_differences(ours[wave], of_line_before[wave]) == {}


@pytest.mark.usefixtures("of_line_before")
def test_the_line_before_takes_no_new_column_with_a_file_that_comes_again(
    folder_of_line_before: Path,
) -> None:
    landing = Landing(folder_of_line_before / "data", records=10_000)
    land_third_wave(landing)

    with pytest.raises(AssertionError, match=REFUSED):
        run_dbt("run", programs=programs_of("duckdb-1.5"), data=landing.data)
