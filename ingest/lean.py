"""Libraries without what they import and nobody asks of them here, as it takes long to import."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def import_arrow() -> None:
    """Import pyarrow without numpy, which takes as long again; who wants numpy still gets it."""
    with _without("numpy"):
        importlib.import_module("pyarrow.parquet")


def import_paramiko() -> None:
    """Import paramiko without invoke, which runs commands that an ssh_config names."""
    with _without("invoke"):
        importlib.import_module("paramiko")


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Have a module not be there for whoever imports it in this block for the first time."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # as Python wants it said
    try:
        yield
    finally:
        del sys.modules[name]
