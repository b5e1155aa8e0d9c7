"""Tests of the first commands on a fresh machine."""

import pytest


@pytest.fixture
def fresh_machine() -> None:
    """Mark what needs an externally managed Python and root; see `tests/conftest.py`."""
