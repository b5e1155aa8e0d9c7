"""A failed decryption is a fault of the file or of our setup, by gpg's status lines."""

import io
from collections.abc import Iterator

import pytest

from ingest.errors import KeyringError, RejectedError
from ingest.openpgp.gpg.failures import UnreadError, check_report
from ingest.openpgp.gpg.report import Report
from ingest.openpgp.message.form import HIDDEN, Message
from ingest.openpgp.plaintext import Plaintext, Totals, plaintext_pipe

MESSAGE = Message(file=io.BytesIO(), recipients=("AA", HIDDEN), is_usual=True)
OKAY = "[GNUPG:] DECRYPTION_OKAY"


@pytest.fixture
def plain() -> Iterator[Plaintext]:
    with plaintext_pipe() as (made, _):
        made.was_read_elsewhere(Totals(10, ""))
        yield made


def test_a_good_report_completes_the_plaintext(plain: Plaintext) -> None:
    check_report(Report(OKAY, 0), plain, message=MESSAGE, max_bytes=10)

    assert plain.is_complete


@pytest.mark.parametrize("code", [11, 85, 86, 87, 99, 177, 1 << 15])
def test_a_locked_key_is_a_fault_of_the_setup(plain: Plaintext, code: int) -> None:
    report = Report(f"[GNUPG:] ERROR pkdecrypt_failed {code}", 2)

    with pytest.raises(KeyringError, match="expected its passphrase"):
        check_report(report, plain, message=MESSAGE, max_bytes=10)


@pytest.mark.parametrize(
    ("stderr", "found"),
    [
        ("[GNUPG:] ERROR pkdecrypt_failed 12", "one that was changed on its way"),
        ("[GNUPG:] NO_SECKEY AA", "one encrypted to another key 0xAA$"),
        ("gpg: exceeded --max-output limit", "more than that"),
        ("[GNUPG:] BADSIG CC d", "one with a bad signature of 0xCC"),
    ],
)
def test_any_other_failure_is_a_fault_of_the_file(
    plain: Plaintext, stderr: str, found: str
) -> None:
    with pytest.raises(RejectedError, match=f"found {found}"):
        check_report(Report(stderr, 2), plain, message=MESSAGE, max_bytes=10)

    assert not plain.is_complete


def test_contents_that_gpg_changes_are_read_a_second_time(plain: Plaintext) -> None:
    text = Report(f"{OKAY}\n[GNUPG:] PLAINTEXT 74 0 name\n[GNUPG:] GOODSIG A b", 0)
    with pytest.raises(UnreadError) as first:
        check_report(text, plain, message=MESSAGE, max_bytes=10)

    check_report(Report(OKAY, 0), plain, message=MESSAGE, max_bytes=10, first=first.value)

    assert (plain.is_complete, plain.signature) == (True, "good")
