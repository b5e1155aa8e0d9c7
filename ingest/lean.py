"""Imports that take less time: without what nobody asks of a library, or looking for garbage."""

import gc
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
def keeping_imports() -> Iterator[None]:
    """Have no garbage looked for in what this block imports: all of it stays until the end.

    A fifth of the time from the start of a command to its end, if it does nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


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
