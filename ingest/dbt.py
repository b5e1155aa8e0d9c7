"""Where dbt lies, and what it needs to know."""

import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")


def dbt_environment(data: Path) -> dict[str, str]:
    """Say in variables where dbt finds its project and the data folder.

    Unit tests are left out: they are about the models, which `just test` proves, not about data.
    """
    return {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
        "MX_DATA": str(data.absolute()),
    }
