"""`just build` as a program, with what each node took: `python -m bench.timed_build SECONDS_FILE`.

The file has the seconds of each node by its name as JSON, and none where dbt has built.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest import build
from ingest.models import run

Seconds = dict[str, float]


def main() -> None:
    seconds: Seconds = {}
    run.run_node = _timed(run.run_node, seconds)
    target = Path(sys.argv.pop(1))
    try:
        build.main()
    finally:
        target.write_text(json.dumps(seconds))


def _timed(run_node: Callable[..., run.Result], seconds: Seconds) -> Callable[..., run.Result]:
    def timed(project: Any, node: Any) -> run.Result:
        began = time.monotonic()
        result = run_node(project, node)
        seconds[node["name"]] = time.monotonic() - began
        return result

    return timed


if __name__ == "__main__":
    main()
