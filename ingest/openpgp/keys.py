"""Make the receiver's key pair, in a folder of its own."""

import logging
import secrets
from datetime import date
from pathlib import Path

from ingest.errors import KeyringError
from ingest.openpgp.keyring import Keyring, make_key
from ingest.settings import PASSPHRASE_FILE
from ingest.store.durable import append_durably, make_folder

log = logging.getLogger(__name__)

MADE_PASSPHRASE_BYTES = 32
WARNED_DAYS = 30
"""How long before a key expires that is said."""
QUICK_S2K_COUNT = 65_536
"""Stretching guards weak passphrases; one of 256 random bits has no need of it, and gpg-agent would
pay for it with every file."""


def warn_of_expiry(keyring: Keyring, *, today: date) -> None:
    """Say what to do when the newest key expires soon: MX cannot encrypt to an expired one."""
    for key in keyring.private_keys()[-1:]:
        if key.expires_within(WARNED_DAYS, today=today):
            log.warning(
                "key %s: expires on %s; make another with: ingest keys new, and send it to MX",
                key.fingerprint,
                key.expires,
                extra={"facts": {"event": "key expires", "expires": key.expires}},
            )


def make_receiver_key(
    home: Path, *, user_name: str, email: str, expires: str, passphrase: str | None
) -> str:
    """Make a key pair and return its fingerprint; keys that are there already stay.

    Without a passphrase one is made and left beside the keys, for their owner alone to read.

    Raises:
        KeyringError: gpg is missing or refuses, or the keys there have another passphrase.
    """
    _check_one_passphrase(make_folder(home), passphrase)
    if passphrase is None:
        passphrase = secrets.token_urlsafe(MADE_PASSPHRASE_BYTES)
        append_durably(home / "gpg-agent.conf", f"s2k-count {QUICK_S2K_COUNT}\n".encode())
        append_durably(home / PASSPHRASE_FILE, f"{passphrase}\n".encode())
    return make_key(home, user_name=user_name, email=email, expires=expires, passphrase=passphrase)


def _check_one_passphrase(home: Path, passphrase: str | None) -> None:
    """All keys of a home are opened with one passphrase, and a made one alone is stretched less."""
    made = home / PASSPHRASE_FILE
    if passphrase is None and Keyring(home).private_keys():
        raise KeyringError(
            f"key folder {home}: expected the passphrase of the keys there in MX_GPG_PASSPHRASE, "
            "found nothing"
        )
    if passphrase is not None and made.exists() and made.read_text().strip() != passphrase:
        raise KeyringError(
            f"key folder {home}: expected the passphrase that was made with the keys there, "
            "found another; use another folder, or unset MX_GPG_PASSPHRASE"
        )
