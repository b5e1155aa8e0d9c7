"""A report gives key, signature and outcome as gpg's status lines name them."""

import io
from collections.abc import Iterator

import pytest

from ingest.errors import KeyringError, RejectedError
from ingest.openpgp.message.form import HIDDEN, Message
from ingest.openpgp.message.plaintext import Plaintext, Totals, plaintext_pipe
from ingest.openpgp.report import Report, UnreadError, check_report

OPENED = "[GNUPG:] DECRYPTION_KEY 0123456789ABCDEF0123456789ABCDEF01234567 00 u"


@pytest.mark.parametrize(
    ("stderr", "code", "expected"),
    [
        ("[GNUPG:] DECRYPTION_OKAY", 0, True),
        ("[GNUPG:] DECRYPTION_OKAY", 2, False),
        ("gpg: DECRYPTION_OKAY", 0, False),
        ("", 0, False),
    ],
)
def test_only_the_status_line_and_the_exit_code_make_a_good_report(
    stderr: str, code: int, expected: bool
) -> None:
    assert Report(stderr, code).is_good is expected


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        (f"[GNUPG:] ENC_TO AAAA 1 0\n{OPENED}", "89ABCDEF01234567"),
        ("[GNUPG:] ENC_TO AAAA 1 0\n[GNUPG:] ENC_TO BBBB 1 0", "BBBB"),
        ("", None),
    ],
)
def test_the_key_is_the_one_that_opened_or_else_the_last_recipient(
    stderr: str, expected: str | None
) -> None:
    assert Report(stderr, 0).key_id == expected


def test_the_worst_of_several_signatures_is_reported() -> None:
    assert Report("[GNUPG:] GOODSIG A b\n[GNUPG:] BADSIG C d", 0).signature == "bad"
    assert Report("[GNUPG:] GOODSIG A b", 0).signature == "good"
    assert Report("", 0, is_signed=True).signature == "not checked"
    assert Report("", 0).signature is None


@pytest.mark.parametrize(("form", "expected"), [("62", False), ("74", True), ("75", True)])
def test_a_text_is_known_by_its_format(form: str, expected: bool) -> None:
    assert Report(f"[GNUPG:] PLAINTEXT {form} 0 name", 0).is_text is expected


def test_the_last_words_are_those_for_people() -> None:
    stderr = "gpg: first\ngpg: nobody: skipped: No public key\n[GNUPG:] FAILURE sign-encrypt 9"

    assert Report(stderr, 2).last_words == "nobody: skipped: No public key"
    assert Report("", 2).last_words == ""


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
