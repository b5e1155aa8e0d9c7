"""Report settings that are wrong or unknown."""

import difflib
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import ByteSize
from pydantic_core import ErrorDetails

from ingest.settings.names import OWN, PREFIX

MOST_SHOWN: Final = 60

log = logging.getLogger(__name__)
_warned: set[str] = set()


def warn_of_unknown(places: Mapping[str, Iterable[str]], *, known: list[str]) -> None:
    """Warn once about each name that looks like a setting and is none.

    Args:
        places: the names that were found, by where they were; values are not read.
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


def describe_problem(problem: ErrorDetails, expected: str) -> str:
    """Say in our words what is wrong with a setting; no secret has a limit to break."""
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
