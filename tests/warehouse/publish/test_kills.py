"""Kill -9 at any step of a publish leaves readers a complete release; the next publish ends it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.warehouse.publish.release import publish
from tests.chaos.victim import PUBLISH_STEPS, WHEN
from tests.warehouse.publish.warehouse import (
    KEY,
    build_again,
    served,
    serving,
    users,
    write_warehouse,
)


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A third build that is to be published, so that the first release goes."""
    data = write_warehouse(tmp_path_factory.mktemp("kills") / "data")
    for build in "12":
        build_again(data, build)
        publish(data, serving=serving(keep=2))
    build_again(data, "3")
    return data


def numbers(data: Path) -> set[int]:
    """Ask both databases that readers see for their release, and read all of one table."""
    found = set()
    for name in ("warehouse", "warehouse_masked"):
        with served(data, name) as database:
            [(number,)] = database.execute("select release from ops.release").fetchall()
            assert users(database) == [f"U{number}"]
            found.add(number)
    return found


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", PUBLISH_STEPS)
def test_a_publish_killed_at_a_step_leaves_no_trace(
    two_releases: Path, data: Path, settings: dict[str, str], step: str, when: str
) -> None:
    shutil.copytree(two_releases, data, symlinks=True)
    environment = settings | {"MX_MASK_KEY": KEY, "MX_KEEP_RELEASES": "2"}
    command = [sys.executable, "-m", "tests.chaos.victim", step, when]

    died = subprocess.run(command, env=environment, check=False).returncode
    seen = numbers(data)
    publish(data, serving=serving(keep=2))

    assert died == -9
    assert seen in ({2}, {3})
    assert numbers(data) == {3}
    assert not list(data.rglob("*.wal"))
    assert {path.name for path in (data / "serve" / "releases").iterdir()} <= {"1", "2", "3"}
    assert {path.name for path in (data / "serve").iterdir()} == {
        "current",
        "releases",
        "warehouse.duckdb",
        "warehouse_masked.duckdb",
    }
