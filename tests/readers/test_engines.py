"""Engines of other ages find in a published file what the project's own finds."""

import json
import subprocess
import sys

import pytest

from tests.readers.environments import ENGINES, PROGRAMS, run_program
from tests.readers.published import Serve

ARGUMENTS = json.dumps({"from_date": "2026-01-01", "to_date": "2099-12-31"})
"""What stands for the parameters of table macros; one that is not named here fails."""
SCHEMAS = {"main", "history", "ops"}


@pytest.mark.parametrize("file", ["full", "masked"])
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_finds_the_same_in_every_relation_and_macro(
    serve: Serve, engine: str, file: str
) -> None:
    path = str(getattr(serve, file))
    own = subprocess.run(
        [sys.executable, str(PROGRAMS / "digest.py"), path, ARGUMENTS],
        capture_output=True,
        text=True,
        check=True,
    )

    found = json.loads(run_program("digest", path, ARGUMENTS, environment=engine))

    expected = json.loads(own.stdout)
    assert found["digests"] == expected["digests"]
    assert found["engine"][:3] != expected["engine"][:3]
    assert {name.split('"')[1] for name in found["digests"]} >= SCHEMAS


def test_the_masked_file_has_other_values_in_the_same_rows(serve: Serve) -> None:
    full, masked = (
        json.loads(run_program("digest", path, ARGUMENTS, environment=ENGINES[0]))["digests"]
        for path in (serve.full, serve.masked)
    )

    assert masked['"main"."users"'][0] == full['"main"."users"'][0]
    assert masked['"main"."users"'][1] != full['"main"."users"'][1]
