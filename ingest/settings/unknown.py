"""Warn of names that look like settings and are none."""

import difflib
import logging
from collections.abc import Iterable, Mapping

from ingest.settings.names import OWN, PREFIX

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
