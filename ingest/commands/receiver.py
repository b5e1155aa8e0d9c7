"""What the commands that read deliveries take from the settings."""

from datetime import timedelta

from ingest.judge import Rules
from ingest.openpgp import Keyring
from ingest.settings import Settings, reveal


def open_keyring(settings: Settings) -> Keyring:
    """Open the receiver's keys.

    Raises:
        KeyringError: gpg is not installed, or there is no such folder.
    """
    return Keyring(
        settings.gnupghome,
        passphrase=reveal(settings.gpg_passphrase),
        may_unlock=not settings.gpg_only,
    )


def read_rules(settings: Settings, *, accept_unlisted: bool = False) -> Rules:
    """Read what the operator has decided."""
    return Rules(
        settle=timedelta(hours=settings.settle_hours),
        max_plain_bytes=settings.max_plain_bytes,
        memory_bytes=settings.memory,
        accept_unlisted=accept_unlisted,
    )
