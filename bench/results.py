"""Print the figures of a benchmark, and keep them in docs/performance.md."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.measure_program import machine

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
PLOT: Final = PAGE.with_suffix(".svg")


def show(name: str, text: str, *, keep: bool) -> None:
    """Print figures; with `keep` also write them between the page's two markers of a name."""
    print(text)  # noqa: T201 - the answer
    if not keep:
        return
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    kept = f"{begin}\nMeasured {datetime.now(tz=UTC):%Y-%m-%d} on {machine()}.\n\n{text}\n{end}"
    pattern = f"{re.escape(begin)}.*{re.escape(end)}"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(pattern, lambda _: kept, page, flags=re.DOTALL), encoding="utf-8")
