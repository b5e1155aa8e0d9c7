"""The README's first command on a machine that has Python, and neither pip, uv, just nor root."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.front.machine import account, copy_checkout, environment, programs_without, run


@pytest.mark.usefixtures("fresh_machine")
def test_the_demo_runs_for_a_plain_user_with_an_empty_home() -> None:
    """In a folder with a blank in its name, from another folder."""
    with account() as (as_account, folder):
        path = programs_without(folder / "bin", r"(pip|uv|just|sudo|apt)")
        project = copy_checkout(folder / "the product")
        for each in (project, *project.rglob("*")):
            shutil.chown(each, user=as_account[1].partition("=")[2])
        settings = environment(path, home=folder / "home")

        demo = run([*as_account, "../just", "demo"], cwd=project / "docs", env=settings)
        again = run([*as_account, "./just", "--version"], cwd=project, env=settings)

        assert demo.returncode == 0, demo.stderr
        assert demo.stderr.splitlines()[0].startswith("make .venv with Python 3.")
        assert "main.transactions" in demo.stdout
        assert {path.name for path in (folder / "home").iterdir()} <= {".cache"}
        assert (again.returncode, again.stderr) == (0, "")
        assert owners_below(project / ".venv") == owners_below(folder / "home")


def owners_below(folder: Path) -> str:
    stat = ["stat", "--format=%U", str(folder)]
    return subprocess.run(stat, check=True, capture_output=True, text=True).stdout
