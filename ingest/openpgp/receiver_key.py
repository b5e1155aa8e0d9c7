"""Make the receiver's key pair, check it before a run, and warn before it expires."""

import logging
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from ingest.errors import KeyringError, SettingsError
from ingest.openpgp.gnupg_home import GnupgHome
from ingest.settings import PASSPHRASE_FILE
from ingest.settings.isolation import gpg_environment
from ingest.store.durable import append_durably, make_folder

log = logging.getLogger(__name__)

MADE_PASSPHRASE_BYTES = 32
WARNED_DAYS = 30
"""The warning comes so many days before a key expires."""
QUICK_S2K_COUNT = 65_536
"""Stretching protects weak passphrases; one of 256 random bits needs none. gpg-agent would pay for
it with every file."""
_ABSENT: Final = "#"
"""gpg lists this for a private key that is elsewhere; a key on a card has a number."""
_HERE: Final = "+"
_DECRYPTS: Final = "e"
_VERIFIED: Final = "SUCCESS keyedit.passwd"


def check_keys(home: GnupgHome, *, passphrase: str | None) -> None:
    """Check before a run that a private key decrypts, and that the passphrase unlocks it.

    Raises:
        SettingsError: no private key decrypts, or the passphrase unlocks none.
    """
    listed = home.describe_private_keys()
    keys = [(key, parts) for key in listed if (parts := list(_decrypting_parts(key)))]
    if not keys:
        raise SettingsError(
            f"MX_GNUPGHOME: expected a private key that decrypts in {home.path}, "
            "found none; import the key pair that MX encrypts to, or make one with: "
            "ingest keys new"
        )
    if not any(_opens(home, *each, passphrase=passphrase) for each in reversed(keys)):
        found = "found nothing" if passphrase is None else "found another"
        raise SettingsError(
            f"MX_GPG_PASSPHRASE: expected the passphrase of key {keys[-1][0]['fingerprint']}, "
            f"{found}; set it, or MX_GPG_PASSPHRASE_FILE, to the one that the key was made with"
        )


def _opens(
    home: GnupgHome, key: dict[str, Any], parts: Sequence[dict[str, Any]], *, passphrase: str | None
) -> bool:
    """Ask gpg-agent to verify a passphrase, which it does without its cache.

    A card asks for its PIN itself. Without a passphrase only the cache can help.
    """
    if any(part["token"] != _HERE for part in parts):
        return True
    if _is_verified(home, key["fingerprint"], passphrase=passphrase):
        return True
    return passphrase is None and any(_is_cached(home, part["keygrip"]) for part in parts)


def _is_verified(home: GnupgHome, fingerprint: str, *, passphrase: str | None) -> bool:
    done = subprocess.run(  # noqa: S603 - own command, no shell
        [*home.command(takes_passphrase=True), "--dry-run", "--passwd", fingerprint],
        input=f"{passphrase or ''}\n".encode(),
        env=gpg_environment(),
        capture_output=True,
        check=False,
    )
    return _VERIFIED in done.stderr.decode(errors="replace")


def _is_cached(home: GnupgHome, grip: str) -> bool:
    """Ask gpg-agent whether it would use a key without asking (`help keyinfo`)."""
    command = ["gpg-connect-agent", "--homedir", str(home.path), f"KEYINFO {grip}", "/bye"]
    done = subprocess.run(  # noqa: S603 - own command, no shell
        command, env=gpg_environment(), capture_output=True, check=False, text=True
    )
    return done.stdout.split()[6:7] == ["1"]


def _decrypting_parts(key: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the primary key and subkeys that decrypt and whose private halves are here."""
    for part in (key, *key.get("subkey_info", {}).values()):
        if _DECRYPTS in part["cap"] and part["token"] not in ("", _ABSENT):
            yield part


def warn_of_expiry(home: GnupgHome, *, today: date) -> None:
    """Warn when the newest key expires soon: MX cannot encrypt to an expired key."""
    for key in home.private_keys()[-1:]:
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
