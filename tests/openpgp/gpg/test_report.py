"""A report gives key, signature and outcome as gpg's status lines name them."""

import pytest

from ingest.openpgp.gpg.report import Report

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
