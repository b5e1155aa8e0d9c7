"""Make the receiver's key pair, and warn before it expires."""

import logging
import secrets
from datetime import date
from pathlib import Path

from ingest.errors import KeyringError
from ingest.openpgp.gpg.home import GnupgHome
from ingest.openpgp.keyring import Keyring
from ingest.settings import PASSPHRASE_FILE
from ingest.store.durable import append_durably, make_folder

log = logging.getLogger(__name__)

MADE_PASSPHRASE_BYTES = 32
WARNED_DAYS = 30
"""The warning comes so many days before a key expires."""
QUICK_S2K_COUNT = 65_536
"""Stretching protects weak passphrases; one of 256 random bits needs none. gpg-agent would pay for
it with every file."""


def warn_of_expiry(keyring: Keyring, *, today: date) -> None:
    """Warn when the newest key expires soon: MX cannot encrypt to an expired key."""
    for key in keyring.home.private_keys()[-1:]:
        if key.expires_within(WARNED_DAYS, today=today):
            log.warning(
                "key %s: expires on %s; make another with: ingest keys new, and send it to MX",
                key.fingerprint,
                key.expires,
                extra={"facts": {"event": "key expires", "expires": key.expires}},
            )


def make_receiver_key(
    folder: Path, *, user_name: str, email: str, expires: str, passphrase: str | None
) -> str:
    """Make a key pair in a GnuPG home and return its fingerprint; older keys stay.

    If no passphrase is given, one is made and stored beside the keys, readable by the owner only.

    Raises:
        KeyringError: gpg is missing or refuses, or the keys there have another passphrase.
    """
    home = GnupgHome(make_folder(folder))
    _check_one_passphrase(home, passphrase)
    if passphrase is None:
        passphrase = secrets.token_urlsafe(MADE_PASSPHRASE_BYTES)
        append_durably(folder / "gpg-agent.conf", f"s2k-count {QUICK_S2K_COUNT}\n".encode())
        append_durably(folder / PASSPHRASE_FILE, f"{passphrase}\n".encode())
    return home.make_key(user_name=user_name, email=email, expires=expires, passphrase=passphrase)


def _check_one_passphrase(home: GnupgHome, passphrase: str | None) -> None:
    """Refuse a second passphrase: one must open all keys, and only a made one is stretched less."""
    made = home.path / PASSPHRASE_FILE
    if passphrase is None and home.private_keys():
        raise KeyringError(
            f"key folder {home.path}: expected the passphrase of the keys there in "
            "MX_GPG_PASSPHRASE, found nothing"
        )
    if passphrase is not None and made.exists() and made.read_text().strip() != passphrase:
        raise KeyringError(
            f"key folder {home.path}: expected the passphrase that was made with the keys there, "
            "found another; use another folder, or unset MX_GPG_PASSPHRASE"
        )
