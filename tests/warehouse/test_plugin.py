"""What dbt asks the plugin is answered where SQL runs, and a fault is one line."""

from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.support.built import copy_of, land, make_built, typed_dbt

FILES = ("--select", "unreadable_files")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("asked"))


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    return copy_of(built, tmp_path)


def test_new_files_are_read_where_the_query_runs_and_not_where_it_is_compiled(
    landing: Landing,
) -> None:
    sound, damaged, gone = (
        land(landing, f"{name}.created", "A", day=2) for name in ("a", "b", "c")
    )
    damaged.write_bytes(b"other")
    gone.unlink()

    part = typed_dbt(landing.data, "run", "--select", "+unreadable_files")
    compiled = typed_dbt(landing.data, "compile", *FILES)
    shown = typed_dbt(landing.data, "show", *FILES, "--output", "json")

    assert (part.returncode, compiled.returncode, shown.returncode) == (0, 0, 0), part.stdout
    assert "resource=" not in compiled.stdout
    assert '"problem": "no file"' in shown.stdout
    assert "resource=b" in shown.stdout
    assert "resource=c" in shown.stdout
    assert sound.parts[-4] not in shown.stdout


def test_a_fault_in_an_answer_is_one_line(landing: Landing) -> None:
    land(landing, "users.created", "U3", day=2)
    (landing.data / "dbt" / "ledger").write_text("a file where the plugin makes a folder")

    done = typed_dbt(landing.data, "build", "--select", "ledger")

    fault = f"[Errno 17] File exists: '{landing.data / 'dbt' / 'ledger'}'"
    assert done.returncode == 1
    assert f"Runtime Error in model ledger (models/ops/ledger.sql)\n  {fault}\n" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
