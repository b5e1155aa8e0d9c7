"""The lock files install what runs the product, and more only for those who ask for it."""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest

from tests.front.machine import ROOT

UNUSED = {"matplotlib", "numpy", "pandas", "pillow", "polars", "polars-runtime-32"}
FOR_ALARMS = {"apprise"}
FOR_DEVELOPERS = {"hypothesis", "import-linter", "mypy", "pytest", "ruff", "sqlfluff"}
DECODE = """
import sys
sys.modules["polars"] = None
import io, fastavro, pyarrow as pa
from ingest.delivery.avro.columnar import decode_columns
from ingest.delivery.avro.container import read_blocks, read_header
plain = {"type": "record", "name": "row", "fields": [{"name": "a", "type": "long"}]}
stream = io.BytesIO()
fastavro.writer(stream, plain, [{"a": 1}, {"a": 2}])
stream.seek(0)
blocks = list(read_blocks(stream, header=read_header(stream)))
[batch] = decode_columns(blocks, schema=pa.schema({"a": pa.int64()}), plain=plain, patience_s=10)
assert batch.to_pydict() == {"a": [1, 2]}
"""


def packages(name: str) -> dict[str, set[str]]:
    """Read each package of a lock file with its versions."""
    locked: dict[str, set[str]] = {}
    lines = re.findall(r"^([\w.-]+)==([^ ]+)", (ROOT / name).read_text(), re.MULTILINE)
    for package, version in lines:
        locked.setdefault(package, set()).add(version)
    return locked


def test_a_user_gets_every_dependency_and_no_tool_of_others() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[\[<>=]", each)[0] for each in project["dependencies"]}
    locked = packages("requirements.lock").keys()

    assert named - locked == set()
    assert locked & (UNUSED | FOR_ALARMS | FOR_DEVELOPERS) == set()


def test_each_lock_file_has_all_of_the_smaller_one_in_the_same_versions() -> None:
    user, alarms, dev = (packages(f"requirements{kind}.lock") for kind in ("", "-alarms", "-dev"))

    assert user.items() <= alarms.items() <= dev.items()
    assert alarms.keys() - user.keys() >= FOR_ALARMS
    assert dev.keys() - alarms.keys() >= FOR_DEVELOPERS


def test_the_decoder_works_without_polars() -> None:
    """polars-avro asks for it, and its compiled part does not need it."""
    done = subprocess.run(
        [sys.executable, "-c", DECODE], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert find_spec("polars_avro")


@pytest.mark.parametrize("name", ["matplotlib", "numpy", "polars"])
def test_what_nothing_uses_is_not_installed(name: str) -> None:
    assert find_spec(name) is None
