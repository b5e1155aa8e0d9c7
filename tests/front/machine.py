"""A machine as a newcomer has it: programs in a PATH of its own, a copy of the checkout."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DEBIAN_PYTHON: Final = Path("/usr/bin/python3")
ACCOUNT: Final = f"mx-front-{os.getpid()}"
BARE: Final = (
    *("sh", "env", "dirname", "cmp", "grep", "readlink", "sleep", "mkdir", "rm", "mv", "ln", "cp"),
    *("head", "tail", "touch", "id", "cat"),
)
"""The programs that every machine has."""
Done = subprocess.CompletedProcess[str]


def is_possible() -> bool:
    """Say whether this machine has a Python that pip may not install into, and other accounts."""
    managed = list(Path("/usr/lib").glob("python3.*/EXTERNALLY-MANAGED"))
    asked = [str(DEBIAN_PYTHON), "-c", "import ensurepip"]
    has_venv = DEBIAN_PYTHON.exists() and subprocess.run(asked, check=False).returncode == 0
    return bool(managed) and has_venv and os.geteuid() == 0


def has_uv() -> bool:
    """Say whether uv runs; a program of that name may be a shim without one."""
    return (
        bool(shutil.which("uv")) and not subprocess.run(["uv", "--version"], check=False).returncode
    )


def programs(folder: Path, *names: str | Path) -> Path:
    """Make a folder for PATH that has these programs, and no other."""
    folder.mkdir(exist_ok=True)
    for name in names:
        found = shutil.which(name)
        assert found, name
        (folder / Path(name).name).symlink_to(found)
    return folder


def programs_without(folder: Path, pattern: str) -> Path:
    """Make a folder for PATH that has Debian's programs but those of a pattern."""
    folder.mkdir()
    for path in Path("/usr/bin").iterdir():
        if not re.match(pattern, path.name):
            (folder / path.name).symlink_to(path)
    return folder


def environment(path: Path, *, home: Path) -> dict[str, str]:
    """Give what a shell has, and how this machine reaches the package index."""
    reach = re.compile(r"(PIP|UV|SSL|REQUESTS)_|(https?|no|all)_proxy$", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if reach.match(name)}
    return kept | {"PATH": str(path), "HOME": str(home), "LANG": "C.UTF-8"}


def copy_checkout(to: Path) -> Path:
    """Copy the files that git knows of, or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return to


def run(command: Sequence[str | Path], *, cwd: Path, env: dict[str, str]) -> Done:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=900,
    )


@contextmanager
def account() -> Iterator[tuple[list[str], Path]]:
    """Make an account with an empty home; give the words that run a command as it, and a folder."""
    folder = Path(tempfile.mkdtemp(prefix="mx-front-"))
    folder.chmod(0o755)
    (folder / "home").mkdir()
    subprocess.run(["useradd", "--no-create-home", ACCOUNT], check=True)
    try:
        shutil.chown(folder / "home", user=ACCOUNT, group=ACCOUNT)
        as_account = f"--reuid={ACCOUNT} --regid={ACCOUNT} --clear-groups"
        yield ["setpriv", *as_account.split()], folder
    finally:
        subprocess.run(["userdel", "--force", ACCOUNT], check=True, capture_output=True)
        shutil.rmtree(folder)
