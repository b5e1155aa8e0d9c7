"""`just release` in a clone: one commit, one tag, and dist/; or nothing at all."""

import json
import re
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.front.machine import ROOT, Done, copy_checkout

VERSION = "7.8.9"
UNRELEASED = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A mart.\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with what this checkout holds, and its environment."""
    folder = copy_checkout(tmp_path / "the clone")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / "CHANGELOG.md").write_text(UNRELEASED)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "releaser")
    git(folder, "config", "user.email", "releaser@example.com")
    commit_all(folder)
    return folder


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit_all(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is")


def release(folder: Path, *args: str) -> Done:
    return subprocess.run(
        ["sh", ".ci/release", *args], cwd=folder, check=False, capture_output=True, text=True
    )


def test_a_release_is_one_commit_one_tag_and_the_files_of_dist(clone: Path) -> None:
    done = release(clone, VERSION)

    today = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    changed = set(git(clone, "show", "--name-only", "--format=", "HEAD").splitlines())
    assert done.returncode == 0, done.stderr
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "rev-list", "--max-count=1", f"v{VERSION}") == git(clone, "rev-parse", "HEAD")
    assert changed == {"CHANGELOG.md", "pyproject.toml"}
    assert (clone / "CHANGELOG.md").read_text() == UNRELEASED.replace(
        "## Unreleased\n", f"## Unreleased\n\n## {VERSION} - {today}\n"
    )
    assert {path.name for path in (clone / "dist").iterdir()} == {
        f"mx_ingest-{VERSION}-py3-none-any.whl",
        f"mx_ingest-{VERSION}.tar.gz",
        f"mx_ingest-{VERSION}.cdx.json",
        "requirements.lock",
    }


def test_the_bill_of_materials_has_every_locked_package_with_its_hashes(clone: Path) -> None:
    release(clone, VERSION)

    bill = json.loads((clone / "dist" / f"mx_ingest-{VERSION}.cdx.json").read_text())
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    root = bill["metadata"]["component"]
    assert bill["bomFormat"] == "CycloneDX"
    assert (root["name"], root["version"]) == ("mx-ingest", VERSION)
    assert {part["name"] for part in bill["components"]} == set(locked)
    assert all(part["externalReferences"][0]["hashes"] for part in bill["components"])


def test_the_distributions_hold_tests_and_no_environment(clone: Path) -> None:
    release(clone, VERSION)

    with tarfile.open(clone / "dist" / f"mx_ingest-{VERSION}.tar.gz") as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    with ZipFile(clone / "dist" / f"mx_ingest-{VERSION}-py3-none-any.whl") as wheel:
        folders = {name.partition("/")[0] for name in wheel.namelist()}
    assert {"tests/conftest.py", "justfile", ".ci/run", "Dockerfile"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/", "dist/"))]
    assert folders == {"ingest", "sample", "dbt_project", f"mx_ingest-{VERSION}.dist-info"}


@pytest.mark.parametrize(
    ("version", "code", "said"),
    [
        ("1.2", 2, "expected a version like 1.2.3, found 1.2"),
        ("01.2.3", 2, "expected a version like 1.2.3"),
        ("0.0.1", 2, "found 0.0.1"),
        ("8.0.0", 1, "expected no tag v8.0.0, found one"),
    ],
)
def test_another_version_is_refused(clone: Path, version: str, code: int, said: str) -> None:
    git(clone, "tag", "v8.0.0")

    done = release(clone, version)

    [line] = done.stderr.splitlines()
    assert (done.returncode, said in line) == (code, True), line
    assert git(clone, "status", "--porcelain") == ""


def test_a_checkout_with_changes_is_refused(clone: Path) -> None:
    (clone / "a new file").touch()

    done = release(clone, VERSION)

    assert done.returncode == 1
    assert done.stderr == ("release: expected a clean checkout, found changes; commit them first\n")


@pytest.mark.parametrize(
    "text", ["# Changelog\n", "# Changelog\n\n## Unreleased\n\n## 0.0.1 - 2026-01-01\n\n- A.\n"]
)
def test_a_changelog_without_changes_is_refused(clone: Path, text: str) -> None:
    (clone / "CHANGELOG.md").write_text(text)
    commit_all(clone)

    done = release(clone, VERSION)

    [line] = done.stderr.splitlines()
    assert (done.returncode, line.startswith("CHANGELOG.md: expected changes")) == (1, True)
    assert git(clone, "tag") == ""


def test_a_build_that_fails_leaves_the_checkout_as_before(clone: Path) -> None:
    (clone / "README.md").unlink()
    commit_all(clone)

    done = release(clone, VERSION)

    assert done.returncode != 0
    assert git(clone, "status", "--porcelain") == ""
    assert (git(clone, "tag"), git(clone, "log", "--format=%s")) == ("", "As it is\nAs it is")
