"""What the settings are called, and what is said of one that is wrong."""

import difflib
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import ByteSize
from pydantic_core import ErrorDetails

PREFIX: Final = "MX_"
OWN: Final = ("MX_ENV_FILE", "MX_ALARM_URLS_FILE", "MX_PUBLISH", "MX_BUILD_LOCK_HELD_BY")
"""What our programs tell each other."""

MOST_SHOWN: Final = 60

log = logging.getLogger(__name__)
_warned: set[str] = set()


def warn_of_unknown(places: Mapping[str, Iterable[str]], *, known: list[str]) -> None:
    """Warn once of each name that looks like a setting and is none.

    Args:
        places: the names that are found, by where; no value is looked at.
    """
    for place, names in places.items():
        for name in names:
            is_known = name.upper() in (*known, *OWN)
            if is_known or name in _warned or not name.upper().startswith(PREFIX):
                continue
            _warned.add(name)
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; see .env.example"
            log.warning("%s: expected a setting, found none of that name (%s)%s", name, place, hint)


def say_problem(problem: ErrorDetails, expected: str) -> str:
    """Say in our words what is wrong with a setting; only numbers, sizes and modes can be."""
    name = "_".join(f"{PREFIX}{part}".upper() for part in problem["loc"])
    context = problem.get("ctx", {})
    if "error" in context:
        return ": ".join(filter(None, (name, str(context["error"]))))
    if "ge" in context:
        expected = f"at least {_shown(context['ge'], expected)}"
    elif "le" in context:
        expected = f"at most {_shown(context['le'], expected)}"
    return f"{name}: expected {expected}, found {str(problem['input'])[:MOST_SHOWN]}"


def _shown(bound: Any, expected: str) -> str:
    if "size" in expected:
        return ByteSize(bound).human_readable(decimal=True, separator="").replace(".0", "")
    return f"{bound:g}"
