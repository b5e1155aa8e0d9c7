"""Read gpg's report about one message from its status lines (doc/DETAILS in GnuPG's sources)."""

from dataclasses import dataclass
from typing import Final

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
