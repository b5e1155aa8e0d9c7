"""Read gpg's report of one message (doc/DETAILS in GnuPG's sources), and name its failure.

Either the file is at fault, or our setup.
"""

from dataclasses import dataclass
from typing import Final

from ingest.errors import KeyringError, Reason, RejectedError, damaged
from ingest.openpgp.message.form import HIDDEN, TO_OUR_KEY, Message
from ingest.openpgp.message.plaintext import Plaintext

BAD: Final = "bad"
_STATUS: Final = "[GNUPG:] "
_TEXT: Final = ("74", "75")
"""Formats of literal data, in hex, in which gpg drops each carriage return."""
_SIGNATURES: Final = {
    "BADSIG": BAD,
    "ERRSIG": "not checked",
    "REVKEYSIG": "of a revoked key",
    "EXPKEYSIG": "of an expired key",
    "EXPSIG": "expired",
    "GOODSIG": "good",
}
"""The worst comes first: it is the one reported when there are several signatures."""
NOT_CHECKED: Final = _SIGNATURES["ERRSIG"]


@dataclass(frozen=True, slots=True)
class Report:
    """The output and the exit code of gpg for one message."""

    stderr: str
    returncode: int
    is_signed: bool = False
    """There is a signature; set only where gpg took off the encryption and nothing else."""
    is_readable: bool = True
    """False where gpg only took off the encryption, and no message was in it."""

    def lines(self, keyword: str) -> list[list[str]]:
        """Give the arguments of each status line with a keyword."""
        lines = [line.split() for line in self.stderr.splitlines() if line.startswith(_STATUS)]
        return [line[2:] for line in lines if line[1:2] == [keyword]]

    @property
    def last_words(self) -> str:
        """Give the last line that gpg wrote for people; empty where there is none."""
        lines = [line for line in self.stderr.splitlines() if not line.startswith(_STATUS)]
        return lines[-1].removeprefix("gpg: ") if lines else ""

    @property
    def is_decrypted(self) -> bool:
        """Say whether gpg confirmed the integrity of every byte; it may refuse the contents."""
        return bool(self.lines("DECRYPTION_OKAY"))

    @property
    def is_good(self) -> bool:
        return self.is_decrypted and self.is_readable and self.returncode == 0

    @property
    def is_text(self) -> bool:
        return any(line[:1] and line[0] in _TEXT for line in self.lines("PLAINTEXT"))

    @property
    def signature(self) -> str | None:
        """Say in a word what gpg found about the signatures; None where there are none."""
        if self.is_signed:
            return NOT_CHECKED
        found = (word for keyword, word in _SIGNATURES.items() if self.lines(keyword))
        return next(found, None)

    @property
    def key_id(self) -> str | None:
        """Name the key that opened the message, or else one that it is encrypted to."""
        opened, wanted = self.lines("DECRYPTION_KEY"), self.lines("ENC_TO")
        if opened:
            return opened[0][0][-16:]
        return wanted[-1][0] if wanted else None


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
