"""What gpg's words about a decryption mean: a fault of the file, or one of ours."""

import re
from typing import Final

from ingest.errors import KeyringError, Reason, RejectedError

_LOCKED: Final = (11, 85, 86, 87, 99, 177)
"""libgpg-error's bad passphrase, pinentry, and canceled."""
_SYSTEM_ERROR: Final = 1 << 15
_STOPPED: Final = "exceeded --max-output limit"
"""gpg says this in English whatever the language, and by no status word."""


def explain_failure(
    *, status: str, stderr: str, key_id: str | None, is_ok: bool, max_bytes: int
) -> KeyringError | RejectedError:
    """Say in our words why gpg has not decrypted a file.

    Args:
        is_ok: gpg vouched for the message, and left with an error all the same: it was stopped at
            max_bytes, or more follows that belongs to no message.
    """
    if is_ok and _STOPPED in stderr:
        return RejectedError(
            Reason.TOO_LARGE, expected=f"at most {max_bytes} bytes", found="more than that"
        )
    if status == "no secret key":
        return RejectedError(
            Reason.WRONG_KEY,
            expected="a message to a key of this keyring",
            found=f"one to {key_id}",
        )
    if _is_locked(stderr):
        return KeyringError(
            f"key {key_id}: expected its passphrase in MX_GPG_PASSPHRASE, "
            "found that it does not unlock the key"
        )
    found = "one, and other bytes after it" if is_ok else status or "none"
    return RejectedError(Reason.DAMAGED, expected="an intact OpenPGP message", found=found)


def _is_locked(stderr: str) -> bool:
    """Tell a key that stays locked from a damaged message, which gpg's status words do not."""
    failure = re.search(r"\[GNUPG:\] ERROR pkdecrypt_failed (\d+)", stderr)
    code = int(failure[1]) & 0xFFFF if failure else 0
    return code in _LOCKED or code >= _SYSTEM_ERROR
