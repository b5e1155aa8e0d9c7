"""For each test a database, and a folder of releases."""

from pathlib import Path

import pytest

from tests.support.postgres import Database, Postgres
from tests.warehouse.publish.postgres.releases import Served


@pytest.fixture
def database(postgres_server: Postgres) -> Database:
    return postgres_server.make_database()


@pytest.fixture
def served(data: Path, database: Database) -> Served:
    return Served(data, database)
