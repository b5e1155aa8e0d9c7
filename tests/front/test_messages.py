"""A missing program or package index is named on one line, with the next step."""

from pathlib import Path

import pytest

from tests.front.machine import BARE, DEBIAN_PYTHON, copy_checkout, environment, programs, run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_checkout(tmp_path / "the product")


def test_a_missing_gpg_is_reported_before_anything_is_made(project: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", *BARE, DEBIAN_PYTHON)

    done = run(["./just", "demo"], cwd=project, env=environment(path, home=tmp_path))

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "gpg: expected on this machine, found none; install it with: apt-get install gnupg "
        "(Debian, Ubuntu), dnf install gnupg2 (Fedora), brew install gnupg (macOS)"
    ]
    assert not (project / ".venv").exists()


def test_setup_of_an_unknown_kind_ends_with_2_and_installs_nothing(
    project: Path, tmp_path: Path
) -> None:
    path = programs(tmp_path / "bin", *BARE, "gpg", DEBIAN_PYTHON)

    done = run(["./just", "setup", "all"], cwd=project, env=environment(path, home=tmp_path))

    assert done.returncode == 2
    assert done.stderr == "setup: expected nothing, alarms or dev, found all; run: ./just setup\n"
    assert not (project / ".venv").exists()


OLD = "#!/bin/sh\necho 3.9\nexit 1\n"
BROKEN = "#!/bin/sh\necho pyenv: python3: command not found >&2\nexit 127\n"


@pytest.mark.parametrize(
    ("python", "found"),
    [(None, "none"), (OLD, "3.9"), (BROKEN, "none")],
    ids=["none", "old", "shim"],
)
def test_a_missing_or_old_python_is_reported(
    project: Path, tmp_path: Path, python: str | None, found: str
) -> None:
    path = programs(tmp_path / "bin", *BARE, "gpg")
    if python:
        (path / "python3").write_text(python)
        (path / "python3").chmod(0o755)

    done = run(["./just", "demo"], cwd=project, env=environment(path, home=tmp_path))

    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith(f"Python: expected 3.11 or newer, found {found}; install it with: ")
    assert all(word in line for word in ("apt-get", "dnf", "brew"))


def test_a_python_without_venv_names_the_package(project: Path, tmp_path: Path) -> None:
    """Debian has it in a package of its own, which only root can install."""
    path = programs(tmp_path / "bin", *BARE, "gpg")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ensurepip.py").write_text("raise ImportError\n")
    (path / "python3").write_text(f'#!/bin/sh\nPYTHONPATH="{hidden}" exec {DEBIAN_PYTHON} "$@"\n')
    (path / "python3").chmod(0o755)

    done = run(["./just", "demo"], cwd=project, env=environment(path, home=tmp_path))

    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert "install it with: apt-get install python3." in line
    assert "-venv (Debian, Ubuntu)" in line


def test_an_unreachable_index_is_reported_and_leaves_nothing(project: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", *BARE, "gpg", DEBIAN_PYTHON)
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_FIND_LINKS": "",
    }
    settings = environment(path, home=tmp_path) | nowhere

    done = run(["./just", "demo"], cwd=project, env=settings)

    started, failed = done.stderr.splitlines()
    assert done.returncode == 1
    assert started.startswith("make .venv with Python 3.")
    assert ".venv: expected to install the packages of requirements.lock, found: ERROR: " in failed
    assert all(word in failed for word in ("HTTPS_PROXY", "PIP_INDEX_URL", "PIP_CERT"))
    assert list(project.glob(".venv*")) == []
