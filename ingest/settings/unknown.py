"""Find names that look like settings and are none."""

import difflib
import logging
from collections.abc import Iterable, Iterator, Mapping

from ingest.settings.fields import Settings
from ingest.settings.names import OWN, PREFIX

log = logging.getLogger(__name__)
_given: set[str] = set()


def find_unknown(places: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Report each name that looks like a setting and is none, once in a process.

    Args:
        places: the names that were found, by where they were; values are not read.
    """
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for place, names in places.items():
        for name in names:
            is_known = name.upper() in (*known, *OWN)
            if is_known or name in _given or not name.upper().startswith(PREFIX):
                continue
            _given.add(name)
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; see .env.example"
            yield f"{name}: expected a setting, found none of that name ({place}){hint}"


def warn_of_unknown(places: Mapping[str, Iterable[str]]) -> None:
    """Warn of each name that looks like a setting and is none, once in a process."""
    for text in find_unknown(places):
        log.warning("%s", text)
