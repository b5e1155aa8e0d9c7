"""Check the keys of the receiver: present, unlocked by the passphrase, and not about to expire."""

from collections.abc import Callable
from datetime import date

from ingest.commands.checks.finding import Finding, Findings, catching
from ingest.openpgp.gnupg_home import Key
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.receiver_key import WARNED_DAYS

MAKE_ANOTHER = "make another with: ingest keys new, and send it to MX"
_FOUND = Findings("keys")


def check_keys(open_checked: Callable[[], Keyring], *, today: date) -> list[Finding]:
    """Open the keys as a run does."""
    found: list[Finding] = []
    with catching(found, _FOUND):
        keys = open_checked().home.private_keys()
        found += [_describe(key, is_newest=key == keys[-1], today=today) for key in keys]
    return found


def _describe(key: Key, *, is_newest: bool, today: date) -> Finding:
    """Say when a key expires; MX encrypts to the newest one, and older ones only open old files."""
    if key.expires is None:
        return _FOUND.good(f"{key.fingerprint} opens files, and never expires")
    if is_newest and key.expires <= today:
        return _FOUND.incomplete(
            f"{key.fingerprint}: expected to be in force, found that it expired on {key.expires}; "
            f"{MAKE_ANOTHER}"
        )
    if is_newest and key.expires_within(WARNED_DAYS, today=today):
        return _FOUND.incomplete(
            f"{key.fingerprint}: expected at least {WARNED_DAYS} days more, found that it expires "
            f"on {key.expires}; {MAKE_ANOTHER}"
        )
    word = "expired" if key.expires <= today else "expires"
    return _FOUND.good(f"{key.fingerprint} opens files, and {word} on {key.expires}")
