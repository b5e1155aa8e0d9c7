"""What a fresh machine is asked for."""

import pytest


@pytest.fixture
def fresh_machine() -> None:
    """Mark what needs an externally managed Python and root; see `tests/conftest.py`."""
