"""Open keys and source by the settings, for the commands that read deliveries."""

from contextlib import AbstractContextManager
from datetime import timedelta

from ingest.landing.decide import Rules
from ingest.openpgp.keyring import Keyring
from ingest.receive.sources import Https, Source, open_source
from ingest.settings import Settings, reveal


def open_checked_keyring(settings: Settings) -> Keyring:
    """Open the receiver's keys, and check that they can open deliveries.

    Raises:
        SettingsError: there is no such folder, it has no private key that decrypts, or the
            passphrase does not unlock it.
        KeyringError: gpg is not installed.
    """
    keyring = open_keyring(settings)
    keyring.check()
    return keyring


def open_keyring(settings: Settings) -> Keyring:
    """Open the receiver's keys.

    Raises:
        SettingsError: there is no such folder.
        KeyringError: gpg is not installed.
    """
    return Keyring(
        settings.gnupghome,
        passphrase=reveal(settings.gpg_passphrase),
        may_unlock=not settings.gpg_only,
    )


def open_configured_source(settings: Settings) -> AbstractContextManager[Source]:
    """Open MX_SOURCE with the credentials in the settings.

    Raises:
        SettingsError: the address is malformed, or a setting that it needs is missing.
    """
    return open_source(
        settings.source,
        password=reveal(settings.sftp_password),
        private_key=reveal(settings.sftp_private_key),
        known_hosts=settings.sftp_known_hosts,
        api_key=reveal(settings.api_key),
        https=read_https(settings),
    )


def read_https(settings: Settings) -> Https:
    """Read certificates and proxy for an HTTPS server."""
    return Https(
        ca=settings.https_ca,
        cert=settings.https_cert,
        cert_key=settings.https_cert_key,
        proxy=reveal(settings.https_proxy),
    )


def read_rules(settings: Settings, *, accept_unlisted: bool = False) -> Rules:
    """Read the limits and choices of the operator."""
    return Rules(
        settle=timedelta(hours=settings.settle_hours),
        max_plain_bytes=settings.max_plain_bytes,
        memory_bytes=settings.memory,
        accept_unlisted=accept_unlisted,
        refuses_erased=settings.erased == "refuse",
        mask_key=reveal(settings.mask_key),
    )
