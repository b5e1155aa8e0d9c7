"""Print what sets a shell up for dbt: `eval "$(just env)"`."""

import shlex
import sys
from pathlib import Path

from ingest.dbt import dbt_environment
from ingest.settings import load_settings


def main() -> None:
    print("umask 077")  # noqa: T201
    print(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"')  # noqa: T201
    settings = load_settings()
    environment = dbt_environment(settings.data, memory_bytes=settings.build_memory)
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201


if __name__ == "__main__":
    main()
