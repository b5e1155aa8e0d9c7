"""Rows of a damaged index, which SQLite gives and nobody can read."""

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def reads_rows(read: Callable[P, T]) -> Callable[P, T]:
    """Raise sqlite3.DatabaseError where a function finds values that the index never has."""

    @wraps(read)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise sqlite3.DatabaseError("a row that cannot be read") from error

    return checked
