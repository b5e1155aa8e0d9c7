"""The wheel holds everything that `ingest` needs outside a checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.receiver import PASSPHRASE, Receiver

ROOT = Path(__file__).parents[2]
FOLDERS = ("dbt_project", "ingest", "sample")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel and unpack it into a folder, as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_every_tracked_file_of_the_product(installed: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *FOLDERS], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")

    packed = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}

    assert {Path(name) for name in tracked if name and (ROOT / name).exists()} <= packed


def test_a_sample_is_sent_and_lands_in_an_empty_folder(
    installed: Path, receiver_key: Receiver, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(installed),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
        "MX_SOURCE": "sent",
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, *command]
        return subprocess.run(
            program, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )

    place = run("-c", "import ingest, sample; print(ingest.__file__, sample.__file__)")
    sent = run("-m", "ingest", "sample", "--to=sent", "--days=1", "--users=2", "--json")
    ran = run("-m", "ingest", "run", "--json")

    assert place.stdout.count(str(installed)) == 2
    assert json.loads(sent.stdout)["files"] == 66
    assert json.loads(ran.stdout)["files_landed"] == 66
