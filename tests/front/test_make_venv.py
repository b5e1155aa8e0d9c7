"""An environment is made once and completely, after every interruption."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.front.machine import (
    BARE,
    DEBIAN_PYTHON,
    ROOT,
    Done,
    environment,
    has_uv,
    programs,
    run,
)

TOOLS = ["pip", *(["uv"] if has_uv() else [])]
NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_FIND_LINKS": "",
    "UV_DEFAULT_INDEX": "http://127.0.0.1:9/",
    "UV_FIND_LINKS": "",
}


def block_of(package: str) -> str:
    """Take a package and its hashes out of the lock file."""
    lock = (ROOT / "requirements-dev.lock").read_text()
    [block] = re.findall(rf"^{package}==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL)
    return str(block)


class Folder:
    """A folder with the script, and a lock file of one small package."""

    def __init__(self, folder: Path, *, tool: str) -> None:
        shutil.copytree(ROOT / ".ci", folder / ".ci")
        self.folder = folder
        self.lock_with("iniconfig")
        uv = [shutil.which("uv") or "uv"] if tool == "uv" else []
        self.path = programs(folder.parent / "bin", *BARE, *uv, DEBIAN_PYTHON)
        self.bare = programs(folder.parent / "bare", *BARE)
        # uv may be a shim of a version manager, which needs its own programs
        search = f"{self.path}:{os.environ['PATH']}" if uv else str(self.path)
        self.environment = environment(self.path, home=folder.parent) | {"PATH": search}

    def lock_with(self, *packages: str, name: str = "small") -> None:
        (self.folder / f"{name}.lock").write_text("".join(map(block_of, packages)))

    def make(self, lock: str = "small.lock", **settings: str) -> Done:
        command = ["sh", ".ci/make-venv", "envs/small", lock]
        return run(command, cwd=self.folder, env=self.environment | settings)

    def start(self, lock: str = "small.lock") -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", ".ci/make-venv", "envs/small", lock],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("envs/*"))

    def imports(self, name: str) -> bool:
        python = self.folder / "envs" / "small" / "bin" / "python"
        return not subprocess.run([python, "-c", f"import {name}"], check=False).returncode


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "a folder", tool=TOOLS[-1])


@pytest.mark.parametrize("tool", TOOLS)
def test_it_is_made_once(tmp_path: Path, tool: str) -> None:
    """The second call needs no Python: it compares the lock file."""
    folder = Folder(tmp_path / "a folder", tool=tool)

    made = folder.make()
    again = folder.make(PATH=str(folder.bare))

    assert (made.returncode, again.returncode, again.stderr) == (0, 0, ""), made.stderr
    assert folder.left() == ["small"]
    assert folder.imports("iniconfig")


def test_another_lock_file_makes_it_anew(folder: Folder) -> None:
    folder.make()
    folder.lock_with("packaging")

    done = folder.make()

    assert done.returncode == 0, done.stderr
    assert (folder.imports("packaging"), folder.imports("iniconfig")) == (True, False)
    assert folder.left() == ["small"]


@pytest.mark.parametrize("tool", TOOLS)
def test_what_was_there_stays_when_the_new_one_fails(tmp_path: Path, tool: str) -> None:
    folder = Folder(tmp_path / "a folder", tool=tool)
    folder.make()
    folder.lock_with("packaging")

    done = folder.make(PIP_NO_CACHE_DIR="1", UV_NO_CACHE="1", **NOWHERE)

    assert done.returncode == 1
    assert folder.imports("iniconfig")
    assert folder.left() == ["small"]


@pytest.mark.parametrize(("kind", "program"), [("dev", "pytest"), ("alarms", "apprise")])
def test_what_was_added_stays_after_an_upgrade_and_after_a_kill(
    folder: Folder, kind: str, program: str
) -> None:
    folder.lock_with("packaging", name="requirements")
    folder.lock_with(program, name=f"requirements-{kind}")
    environment = folder.folder / "envs" / "small"
    added = folder.make(f"requirements-{kind}.lock")
    same = folder.make("")

    folder.lock_with("iniconfig", program, name=f"requirements-{kind}")
    upgraded = folder.make("")
    after_upgrade = (environment / "bin" / program).exists()
    environment.rename(environment.with_name("small.before"))
    folder.make("")

    assert (added.returncode, upgraded.returncode, same.stderr) == (0, 0, ""), upgraded.stderr
    assert (after_upgrade, (environment / "bin" / program).exists()) == (True, True)
    assert folder.left() == ["small"]


def test_a_user_gets_the_lock_file_of_users(folder: Folder) -> None:
    folder.lock_with("packaging", name="requirements")

    done = folder.make("")

    assert done.returncode == 0, done.stderr
    assert folder.imports("packaging")


def test_a_moved_folder_is_made_anew(folder: Folder) -> None:
    folder.make()
    folder.folder = folder.folder.rename(folder.folder.with_name("moved"))

    done = folder.make()

    script = folder.folder / "envs" / "small" / "bin" / "activate"
    assert done.stderr.splitlines()[-1] == "envs/small is made"
    assert "a folder" not in script.read_text()


def test_an_interruption_leaves_what_was_there_and_the_next_call_makes_it(folder: Folder) -> None:
    folder.make()
    folder.lock_with("packaging")
    begun = folder.start()
    wait_for(folder.folder / "envs" / "small.before")

    os.killpg(begun.pid, signal.SIGINT)
    _, said = begun.communicate(timeout=60)
    left, was = folder.left(), folder.imports("iniconfig")
    again = folder.make()

    assert said.splitlines()[-1] == "envs/small: interrupted; the same command makes it again"
    assert (begun.returncode, left, was) == (130, ["small"], True)
    assert again.returncode == 0, again.stderr
    assert folder.imports("packaging")


def test_what_a_kill_left_is_made_anew(folder: Folder) -> None:
    begun = folder.start()
    wait_for(folder.folder / "envs" / "small" / "bin")
    os.killpg(begun.pid, signal.SIGKILL)
    begun.communicate(timeout=60)

    done = folder.make()

    assert done.returncode == 0, done.stderr
    assert (folder.imports("iniconfig"), folder.left()) == (True, ["small"])


def test_two_calls_at_once_make_one(folder: Folder) -> None:
    first = folder.start()
    wait_for(folder.folder / "envs" / "small.maker")

    second = folder.make()
    first.communicate(timeout=60)

    assert (first.returncode, second.returncode) == (0, 0)
    assert second.stderr == f"wait for process {first.pid}, which makes envs/small\n"
    assert folder.imports("iniconfig")


def test_a_user_who_waits_for_a_developers_call_takes_nothing_away(folder: Folder) -> None:
    folder.lock_with("packaging", name="requirements")
    folder.lock_with("pytest", name="requirements-dev")
    first = folder.start("requirements-dev.lock")
    wait_for(folder.folder / "envs" / "small.maker")

    second = folder.make("")
    first.communicate(timeout=60)

    assert second.stderr == f"wait for process {first.pid}, which makes envs/small\n"
    assert (folder.folder / "envs" / "small" / "bin" / "pytest").exists()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not os.path.lexists(path):
        assert time.monotonic() < deadline, path
        time.sleep(0.005)
