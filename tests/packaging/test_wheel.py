"""The wheel works outside a checkout, and writes nothing beside itself."""

import json
import re
import subprocess
from pathlib import Path
from zipfile import ZipFile

from tests.front.machine import ROOT
from tests.packaging.conftest import Installed
from tests.support.receiver import PASSPHRASE, Receiver

FOLDERS = ("dbt_project", "ingest", "sample")


def test_the_wheel_holds_every_tracked_file_of_the_product(installed: Installed) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *FOLDERS], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")

    with ZipFile(installed.wheel) as wheel:
        packed = set(wheel.namelist())

    assert {name for name in tracked if name and (ROOT / name).exists()} - packed == set()


def test_the_wheel_names_its_version_license_and_licence_file(installed: Installed) -> None:
    [folder] = installed.packages.glob("mx_ingest-*.dist-info")
    lines = (folder / "METADATA").read_text().splitlines()
    [version] = [line.split()[1] for line in lines if line.startswith("Version: ")]

    assert installed.run("ingest", "--version", cwd=folder).stdout == f"mx-ingest {version}\n"
    assert f'version = "{version}"\n' in (ROOT / "pyproject.toml").read_text()
    assert "License-Expression: Apache-2.0" in lines
    assert (folder / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_everything_from_sample_to_tables_works_in_an_empty_folder(
    installed: Installed, receiver_key: Receiver, tmp_path: Path
) -> None:
    settings = {
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
        "MX_SOURCE": "sent",
    }
    before = state_of(installed.packages)

    def ingest(*command: str) -> str:
        return installed.run("ingest", *command, cwd=tmp_path, **settings).stdout

    sent = json.loads(ingest("sample", "--to=sent", "--days=1", "--users=2", "--json"))
    ran = json.loads(ingest("run", "--json"))
    told = installed.run("sh", "-c", "ingest docs || true", cwd=tmp_path, **settings).stderr
    built = json.loads(ingest("build", "--json"))
    [row] = json.loads(ingest("query", "select count(*) as rows from users", "--json"))
    pages = [(tmp_path / ingest(page).strip()).stat().st_size > 0 for page in ("docs", "report")]
    fresh = ingest("freshness", "--json")
    shell = installed.run(
        "sh", "-c", 'eval "$(ingest env)"; dbt --quiet ls --select users', cwd=tmp_path, **settings
    )

    assert sent["files"] == ran["files_landed"] == 66
    assert told.endswith("make it with: ingest build\n")
    assert (built["outcome"], built["published"]["release"], row) == ("built", 1, {"rows": 2})
    assert pages == [True, True]
    assert re.search('"status": ?"pass"', fresh)
    assert "mx.current.users" in shell.stdout.splitlines()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "sent"}
    assert state_of(installed.packages) == before


def state_of(folder: Path) -> dict[Path, int]:
    """Tell when each file below a folder was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
