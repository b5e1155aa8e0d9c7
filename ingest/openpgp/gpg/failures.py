"""Tell from gpg's report whether the file or our setup is at fault when a decryption fails."""

from typing import Final

from ingest.errors import KeyringError, Reason, RejectedError, damaged
from ingest.openpgp.gpg.report import BAD, Report
from ingest.openpgp.message.form import HIDDEN, TO_OUR_KEY, Message
from ingest.openpgp.plaintext import Plaintext

_LOCKED: Final = (11, 85, 86, 87, 99, 177)
"""libgpg-error's codes for a bad passphrase, pinentry, and canceled."""
_SYSTEM_ERROR: Final = 1 << 15
_STOPPED: Final = "exceeded --max-output limit"
"""gpg writes this in English in every locale; no status line says it."""


class UnreadError(RejectedError):
    """gpg decrypted a message, and changes its contents or does not read them.

    The message is a text, or has a signature that gpg cannot check, or follows a later standard.
    """

    def __init__(self, report: Report) -> None:
        refused = damaged("one whose contents gpg does not read")
        super().__init__(refused.reason, expected=refused.expected, found=refused.found)
        self.signature = report.signature


def check_report(
    report: Report,
    plain: Plaintext,
    *,
    message: Message,
    max_bytes: int,
    first: UnreadError | None = None,
) -> None:
    """Accept or refuse a plaintext by gpg's report, and note key and signature on it.

    Args:
        first: the error of the first attempt, if this is the second.

    Raises:
        UnreadError: on the first attempt only; the second must only take off the encryption.
        RejectedError, KeyringError: the message was not decrypted completely.
    """
    plain.key_id = report.key_id
    plain.signature = (first.signature if first else None) or report.signature
    if _STOPPED in report.stderr or plain.size_bytes > max_bytes:
        raise RejectedError(
            Reason.TOO_LARGE, expected=f"at most {max_bytes} bytes", found="more than that"
        )
    if report.signature == BAD:
        signer = report.lines("BADSIG")[0][0]
        raise damaged(f"one with a bad signature of 0x{signer}")
    if report.is_good and not report.is_text:
        plain.is_complete = True
    elif not first and (report.is_decrypted or report.signature):
        raise UnreadError(report)
    else:
        raise _explain(report, message)


def _explain(report: Report, message: Message) -> KeyringError | RejectedError:
    """Say in our words why gpg did not decrypt a message."""
    if _is_locked(report):
        return KeyringError(
            f"key {report.key_id}: expected its passphrase in MX_GPG_PASSPHRASE, "
            "found that it does not unlock the key"
        )
    if report.lines("NO_SECKEY") and not report.lines("DECRYPTION_KEY"):
        named = [f"0x{each}" for each in message.recipients if each != HIDDEN]
        keys = " and ".join(named) or "that it does not name"
        found = f"one encrypted to another key {keys}"
        return RejectedError(Reason.WRONG_KEY, expected=TO_OUR_KEY, found=found)
    if not message.is_usual:
        return damaged("one encrypted with AEAD, which this gpg does not read")
    if report.is_decrypted:
        return damaged("one whose contents are no message")
    return damaged("one that was changed on its way, or is badly made")


def _is_locked(report: Report) -> bool:
    """Tell a locked key from a damaged message by the error code; other status lines are equal."""
    failures = (line for line in report.lines("ERROR") if line[0] == "pkdecrypt_failed")
    codes = [int(line[1]) & 0xFFFF for line in failures]
    return any(code in _LOCKED or code >= _SYSTEM_ERROR for code in codes)
