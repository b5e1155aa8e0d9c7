"""A line that is no record is named with what was expected and found."""

from pathlib import Path

import pytest

from ingest.errors import LedgerError
from tests.store.test_lines import (
    ARCHIVED,
    AT,
    LANDED,
    LISTED,
    LISTING,
    NEWER,
    OLDER,
    RUN,
    line,
    readers,
    without,
    write_ledger,
)

BROKEN: dict[str, tuple[object, str]] = {
    "words": (b"?\n", "expected a JSON object, found none; restore the file from a backup"),
    "half a line": (line(LANDED)[:40] + b"\n", "expected a JSON object, found none; restore"),
    "two lines in one": (line(LANDED)[:40] + line(RUN), "expected a JSON object, found none"),
    "no UTF-8": (b'{"name":"\xc3"}\n', "expected a JSON object, found none"),
    "zeros": (b"\0" * 9 + line(RUN), "expected a JSON object, found zeros, as a power cut"),
    "a list": ([1, 2], "expected a JSON object, found none"),
    "not a number": (line(RUN).replace(b"1.5", b"NaN"), "expected a JSON object, found none"),
    "another's": ({"level": "info"}, "expected what happened, found none; restore"),
    "what is newer": (RUN | {"what": "shredded"}, "found 'shredded'; a newer version wrote it"),
    "what is no text": (RUN | {"what": 5}, "expected a text as what, found 5"),
    "no moment": (without(RUN, "recorded_at"), "expected a record with recorded_at, found one of"),
    "another moment": (RUN | {"recorded_at": "now"}, "expected a moment as recorded_at, found 'n"),
    "a moment nowhere": (RUN | {"recorded_at": "2026-01-01"}, "expected a moment as recorded_at"),
    "no bytes": (without(ARCHIVED, "encrypted_bytes"), "record with encrypted_bytes, found one of"),
    "no path": (without(LANDED, "path"), "expected a record with path, found one of landed"),
    "no event": (without(ARCHIVED, "event"), "expected a record with event, found one of archived"),
    "no count": (LANDED | {"record_count": "1"}, "a whole number as record_count, found '1'"),
    "half a count": (LANDED | {"record_count": 1.5}, "a whole number as record_count, found 1.5"),
    "a true count": (LANDED | {"record_count": True}, "a whole number as record_count, found True"),
    "no date": (LANDED | {"snapshot_date": "2026-02-30"}, "expected a date as snapshot_date"),
    "newer event": (LANDED | {"event": "merged"}, "found 'merged'; a newer version wrote it"),
    "no list": (LISTED | {"listed": {}}, "expected a list as listed, found {}"),
    "no listing": (LISTED | {"listed": [1]}, "expected a JSON object for each listed file"),
    "half a listing": (LISTED | {"listed": [without(LISTING, "file")]}, "expected listed files wi"),
    "other listing": (
        LISTED | {"listed": [LISTING | {"file": 1}]},
        "expected a text as file of a listed",
    ),
    "nobody's list": (without(LISTED, "encrypted_sha256"), "a record with encrypted_sha256"),
    "nobody": (AT | {"what": "given_up"}, "expected a record with client_guid, found one of given"),
    "no name": (AT | {"what": "quarantined", "reason": "name"}, "expected a record with name"),
}


@pytest.mark.parametrize("which", [OLDER, NEWER])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_line_that_is_no_record_is_named_by_all_who_read_it(
    tmp_path: Path, which: str, broken: str
) -> None:
    damage, said = BROKEN[broken]
    content = damage if isinstance(damage, bytes) else line(damage)
    path = write_ledger(tmp_path, which, after=content + line(RUN))

    for read in readers(tmp_path):
        with pytest.raises(LedgerError) as error:
            read()
        assert f"ledger {path}, line 5: " in str(error.value)
        assert said in str(error.value)
        assert "\n" not in str(error.value)
