"""A built data folder, and a copy of it for each test."""

from pathlib import Path

import pytest

from tests.dbt_project.landing import Landing
from tests.support.built import copy_of, make_built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_built(tmp_path_factory.mktemp("built"))


@pytest.fixture
def landing(built: Path, tmp_path: Path) -> Landing:
    return copy_of(built, tmp_path)
