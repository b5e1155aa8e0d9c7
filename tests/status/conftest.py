"""One world for all tests of the report, and its page."""

from datetime import timedelta
from pathlib import Path

import pytest

from ingest.status.report.facts import Facts
from ingest.status.report.page import render
from tests.status.world import NOW, write_world
from tests.support.ledger import facts_of


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing but a ledger."""
    data = tmp_path_factory.mktemp("world")
    write_world(data / "ledger")
    return data


@pytest.fixture(scope="package")
def facts(world: Path) -> Facts:
    return facts_of(world / "ledger", now=NOW, settle=timedelta(hours=6))


@pytest.fixture(scope="package")
def page(facts: Facts) -> str:
    return render(facts)
