"""Macros are short, use what dbt documents, and become SQL that sqlfluff finds no fault with."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.warehouse.dbt import PROJECT
from tests.dbt_project.conftest import Warehouse

MACROS = sorted((PROJECT / "macros").glob("*.sql"))
SQLFLUFF = Path(sys.executable).with_name("sqlfluff")
LONGEST = 40
NOT_OURS = (
    "{% materialization",
    "rowid",
    "graph.setdefault",
    "graph.update",
    ".cursor",
    "add_query",
)
RULES = "aliasing,ambiguous,convention,structure,capitalisation.keywords,capitalisation.functions"
LEFT_OUT = (
    "structure.column_order",
    "structure.using",
    "ambiguous.column_count",
    # what macros write for all cases, or dbt's own macros write
    "aliasing.expression",
    "aliasing.self_alias.column",
    "aliasing.unused",
    "convention.casting_style",
)
ONE_OF_EACH_FORM = (
    "staging/stg_tags.sql",
    "state/state_users.sql",
    "history/history_users.sql",
    "current/taggings.sql",
    "current/analytics_events.sql",
    "marts",
    "ops",
)


@pytest.mark.parametrize("path", MACROS, ids=[path.stem for path in MACROS])
def test_macros_are_short_and_use_what_dbt_documents(path: Path) -> None:
    text = path.read_text()
    macros = re.findall(r"\{% macro (\w+).*?endmacro %\}", text, re.DOTALL)
    lengths = {
        match[1]: match[0].count("\n") + 1
        for match in re.finditer(r"\{% macro (\w+).*?endmacro -?%\}", text, re.DOTALL)
    }

    assert macros
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
    assert [word for word in NOT_OURS if word in text] == []
    assert [line for line in text.splitlines() if len(line) > 120 or line != line.rstrip()] == []


def test_what_dbt_makes_of_them_is_clean_sql(warehouse: Warehouse) -> None:
    [(database,)] = warehouse.execute(
        "select path from duckdb_databases() where database_name = 'warehouse'"
    ).fetchall()
    compiled = Path(database).parents[1] / "target" / "compiled" / "mx" / "models"
    options = ["--templater", "raw", "--rules", RULES, "--exclude-rules", ",".join(LEFT_OUT)]
    command = [str(SQLFLUFF), "lint", "--disable-progress-bar", *options, *ONE_OF_EACH_FORM]
    config = ["--config", str(PROJECT.parent / ".sqlfluff")]

    done = subprocess.run(
        [*command, *config], cwd=compiled, capture_output=True, text=True, check=False
    )

    assert [line for line in done.stdout.splitlines() if line.startswith("L:")] == []
    assert done.returncode == 0, done.stdout
