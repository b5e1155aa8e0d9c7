"""The product as a user gets it: a wheel in an environment of its own, outside the checkout."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.front.machine import ROOT, has_uv

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment with the wheel, and the folder of its packages."""

    wheel: Path
    environment: Path

    @property
    def packages(self) -> Path:
        [folder] = self.environment.glob("lib/python3*/site-packages")
        return folder

    def run(self, *command: str, cwd: Path, **settings: str) -> Done:
        """Run a program of the environment, in a shell that knows nothing of the checkout."""
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=cwd,
            env={"PATH": path, "HOME": str(cwd)} | settings,
            check=True,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="package")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Make the wheel from the source distribution, and install it with the locked packages."""
    folder = tmp_path_factory.mktemp("wheel")
    _call(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    [source] = folder.glob("*.tar.gz")
    _call("tar", "-xzf", source, cwd=folder)
    unpacked = folder / source.name.removesuffix(".tar.gz")
    _call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=unpacked)
    [wheel] = folder.glob("*.whl")
    environment = folder / "environment"
    _call("sh", ".ci/make-venv", environment, "requirements.lock", cwd=ROOT)
    python = environment / "bin" / "python"
    with_uv = ("uv", "pip", "install", "--compile-bytecode", "--python", python)
    with_pip = (python, "-m", "pip", "install")
    _call(*(with_uv if has_uv() else with_pip), "--no-deps", wheel, cwd=folder)
    return Installed(wheel=wheel, environment=environment)


def _call(*command: str | Path, cwd: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True)
