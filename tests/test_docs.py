"""The documents tell of what is there: every command, setting, recipe and table, and no other."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from ingest.commands.app import app
from ingest.settings import Settings
from ingest.warehouse.models.catalogue import read_catalogue

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def settings_of_the_code() -> set[str]:
    names = {f"MX_{name.upper()}" for name in Settings.model_fields}
    return {name for name in names if not name.endswith("_FILE")}


def test_the_guide_lists_every_setting() -> None:
    assert set(re.findall(r"^\| `(MX_\w+)`", SETTINGS, re.MULTILINE)) == settings_of_the_code()


def test_the_example_lists_every_setting() -> None:
    assert set(re.findall(r"^(MX_\w+)=", EXAMPLE, re.MULTILINE)) == settings_of_the_code()


def test_the_readme_names_every_resource() -> None:
    models = (ROOT / "dbt_project" / "models" / "staging").glob("stg_*.sql")
    named = set(re.findall(r"[a-z_]+", README[README.index("Resources:") :]))

    assert {path.stem.removeprefix("stg_") for path in models} - named == set()


def test_every_table_of_ops_in_the_readme_exists() -> None:
    tables = {name for schema, name in read_catalogue().described if schema == "ops"}

    assert set(re.findall(r"`ops\.(\w+)`", README)) <= tables


def test_every_recipe_in_the_readme_exists() -> None:
    just = Path(sys.executable).with_name("just")
    summary = [str(just), "--justfile", str(ROOT / "justfile"), "--summary"]
    recipes = subprocess.run(summary, capture_output=True, text=True, check=True).stdout.split()

    assert set(re.findall(r"(?:`|^ {4}(?:.* )?(?:\./)?)just (\w+)", README, re.MULTILINE)) <= set(
        recipes
    )


def test_every_file_that_the_readme_and_the_decisions_name_exists() -> None:
    texts = [README, *(path.read_text() for path in (ROOT / "docs" / "decisions").glob("*.md"))]
    named = re.findall(r"`((?:ingest|dbt_project|sample|tests)/[\w/.]+)`", "\n".join(texts))

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_command_has_help() -> None:
    command = get_command(app)

    helps = {name: each.help for name, each in command.commands.items()}  # type: ignore[attr-defined]  # click has no stubs
    assert {name for name, text in helps.items() if not text} == set()


def test_every_test_that_the_reliability_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "reliability.md").read_text()))
    sources = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    defined = {name for source in sources for name in re.findall(r"def (test_\w+)", source)}

    assert named - defined == set()


def test_every_message_of_the_troubleshooting_page_is_one_of_the_code() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    firsts = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `")]
    spans = [span for first in firsts for span in re.findall("`([^`]+)`", first)]
    pieces = {piece.strip() for span in spans for piece in re.split(r"\.{3}", span)} - {""}
    told = list(messages_of_the_code())

    assert {piece for piece in pieces if not any(piece in text for text in told)} == set()


def messages_of_the_code() -> Iterator[str]:
    """Give every text of the code, with a blank for each value in it."""
    for path in (ROOT / "ingest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                parts = (
                    part.value if isinstance(part, ast.Constant) else " " for part in node.values
                )
                yield "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in (ROOT / "dbt_project").rglob("*.*ml"):
        yield path.read_text()
    for path in (ROOT / "dbt_project" / "macros").glob("*.sql"):
        yield path.read_text()


def test_the_index_has_every_guide_and_no_link_leads_nowhere() -> None:
    guides = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    index = (ROOT / "docs" / "README.md").read_text()
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in link
    ]

    assert guides <= set(re.findall(r"\]\(([^)#]+)", index))
    assert [link for page, link in links if not (page.parent / link).exists()] == []


def test_every_lock_file_is_installed_without_looking_for_dependencies() -> None:
    """pip refuses what a locked package asks for as an extra, with `--require-hashes` alone."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lines = [line for page in pages for line in page.read_text().splitlines()]
    installs = [line for line in lines if "--require-hashes" in line]

    assert installs
    assert [line for line in installs if "--no-deps" not in line] == []
