"""The README's two commands on a machine with Debian's Python, without pip, uv, just and root."""

import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.front.machine import account, copy_checkout, environment, programs_without, run

SOME = "tests/delivery/test_manifest.py"


@pytest.mark.usefixtures("fresh_machine")
def test_demo_and_test_run_for_a_plain_user_with_an_empty_home() -> None:
    """In a folder with a blank in its name, from another folder; of the tests only some."""
    with account() as (as_account, folder):
        path = programs_without(folder / "bin", r"(pip|uv|just|sudo|apt)")
        project = copy_checkout(folder / "the product")
        for each in (project, *project.rglob("*")):
            shutil.chown(each, user=as_account[1].partition("=")[2])
        settings = environment(path, home=folder / "home")

        demo = run([*as_account, "../just", "demo"], cwd=project / "docs", env=settings)
        again = run([*as_account, "./just", "--version"], cwd=project, env=settings)
        test = run([*as_account, "./just", "test", SOME], cwd=project, env=settings)

        assert demo.returncode == 0, demo.stderr
        assert demo.stderr.splitlines()[0].startswith("make .venv with Python 3.")
        assert_ending_fits_a_screen(demo.stdout.partition("\n\n")[2], data=project / "data/demo")
        assert {path.name for path in (folder / "home").iterdir()} <= {".cache"}
        assert (again.returncode, again.stderr) == (0, "")
        assert test.returncode == 0, test.stdout[-2000:] + test.stderr[-2000:]
        assert " passed in " in test.stdout.splitlines()[-1]
        assert owners_below(project / ".venv") == owners_below(folder / "home")


def assert_ending_fits_a_screen(ending: str, *, data: Path) -> None:
    """80 x 24 characters, the prompt's line included, with what was proven and where it is."""
    lines = ending.splitlines()
    assert sum(max(1, math.ceil(len(line) / 80)) for line in lines) <= 23
    proven = re.match(
        r"Proven: (\d+) of \1 listed files came over SFTP and landed, 3,\d{3} rows", ending
    )
    assert proven, ending
    assert "Nobody had announced spending_plans" in ending
    bars = [line.count("█") for line in lines if "█" in line]
    assert (len(bars), bars) == (5, sorted(bars, reverse=True))
    for name in ("report.html", "docs.html", "serve/warehouse.duckdb"):
        assert f"  data/demo/{name} " in ending
        assert (data / name).stat().st_size > 10_000
    assert sum(line.startswith("  MX_DATA=data/demo ") for line in lines) == 3


def owners_below(folder: Path) -> str:
    stat = ["stat", "--format=%U", str(folder)]
    return subprocess.run(stat, check=True, capture_output=True, text=True).stdout
