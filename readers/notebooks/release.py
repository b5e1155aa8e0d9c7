"""The tables that the notebooks read: the newest release of MX_DATA, or of the folder data."""

import os
from pathlib import Path

import duckdb
import pandas as pd


def ask(sql: str) -> pd.DataFrame:
    """Answer a question with a connection of its own, which sees the newest release."""
    file = Path(os.environ.get("MX_DATA", "data")) / "serve" / "warehouse.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.sql(sql).df()
