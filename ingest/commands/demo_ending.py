"""The last screen of a demonstration, 80 x 24: what was proven, an answer, and where to go on."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from ingest.warehouse.database import Database, open_warehouse

WIDTH: Final = 32
"""Blocks of the longest bar."""
QUESTION: Final = "What did users spend most on, in USD?"
ANSWER: Final = """
    select category_name, sum(spent) as spent
    from marts.spending_by_month
    where currency_code = 'USD'
    group by category_name
    order by spent desc
    limit 5
"""
PLACES: Final = {
    "report.html": "the page for whoever is on call",
    "docs.html": "every table and column",
    "serve/warehouse.duckdb": "the tables, for BI tools",
}
ODD: Final = "  which the sample has on purpose: ops.misfits, ops.unknown_owners."
WAYS: Final = {"sftp": "SFTP", "https": "HTTPS"}


def count_tests(data: Path) -> Counter[str]:
    """Count the tests of the build that dbt has just ended, by their results."""
    results = json.loads((data / "dbt" / "target" / "run_results.json").read_text())["results"]
    tests = [each for each in results if each["unique_id"].startswith("test.")]
    return Counter(each["status"] for each in tests)


def tell_ending(data: Path, *, way: str, tests: Counter[str]) -> str:
    """Write the last screen from the published tables.

    Args:
        tests: the tests of the build, counted by their results.
    """
    with open_warehouse(data / "serve" / "warehouse.duckdb") as tables:
        return "\n".join(
            [
                *_proven(tables, way=WAYS[way], tests=tests),
                f"\n{QUESTION}",
                *_chart([(str(name), float(spent)) for name, spent in _rows(tables, ANSWER)]),
                "\nLook at:",
                *(f"  {data}/{name:<24} {what}" for name, what in PLACES.items()),
                "\nTry:",
                *(f"  MX_DATA={data} {command}" for command in _commands(tables)),
            ]
        )


def _proven(tables: Database, *, way: str, tests: Counter[str]) -> list[str]:
    [(files, landed)] = _rows(
        tables, "select sum(files_listed), sum(files_landed) from ops.deliveries"
    )
    [(rows,)] = _rows(tables, "select sum(record_count) from ops.daily_files")
    names = [name for (name,) in _rows(tables, "select resource from ops.new_resources")]
    [(count,)] = _rows(tables, "select count(*) from information_schema.tables")
    passed = f"  {count} tables are published; {tests['pass']} tests pass"
    return [
        f"Proven: {landed:,} of {files:,} listed files came over {way} and landed, {rows:,} rows.",
        "  Each was decrypted; size, SHA-256 and row count are those of its manifest.",
        *(
            [f"{passed}, {tests['warn']} warn of odd rows,", ODD]
            if tests["warn"]
            else [f"{passed}."]
        ),
        f"  Nobody had announced {', '.join(names)}: main.{names[0]} made itself.",
    ]


def _chart(values: list[tuple[str, float]]) -> list[str]:
    """Draw a bar a value; a terminal without Unicode gets another character."""
    block = "█" if (sys.stdout.encoding or "").lower().startswith("utf") else "#"
    most = max(value for _, value in values)
    return [
        f"  {name[:24]:<24} {block * max(1, round(WIDTH * value / most)):<{WIDTH}} {value:>12,.2f}"
        for name, value in values
    ]


def _commands(tables: Database) -> list[str]:
    [(guid,)] = _rows(tables, "select guid from users order by guid limit 1")
    return [
        './just query "from marts.money_by_month limit 5"',
        ".venv/bin/ingest status",
        f".venv/bin/ingest explain users {guid}",
    ]


def _rows(tables: Database, query: str) -> list[tuple[Any, ...]]:
    return tables.execute(query).fetchall()
