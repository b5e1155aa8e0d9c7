"""Print what sets a shell up for dbt: `eval "$(just env)"`."""

import shlex
from pathlib import Path

from ingest.settings import load_settings


def main() -> None:
    root = Path(__file__).parents[1]
    print(f'export PATH={shlex.quote(str(root / ".venv" / "bin"))}:"$PATH"')  # noqa: T201
    variables = {
        "DBT_PROJECT_DIR": root / "dbt_project",
        "DBT_PROFILES_DIR": root / "dbt_project",
        "MX_DATA": load_settings().data.absolute(),
    }
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(str(value))}")  # noqa: T201


if __name__ == "__main__":
    main()
