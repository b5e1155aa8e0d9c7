"""The names of settings in the environment."""

from typing import Final

PREFIX: Final = "MX_"
SECRETS: Final = (
    "gpg_passphrase",
    "sftp_password",
    "sftp_private_key",
    "api_key",
    "https_proxy",
    "mask_key",
    "publish_password",
)
"""Each may also come from a file, which the setting with `_FILE` at its end names."""
CLOUD_SECRETS: Final = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
)
"""Secrets of object storage, which the library of the mirror reads itself."""
OWN: Final = ("MX_ENV_FILE", "MX_ALARM_URLS_FILE", "MX_PUBLISH", "MX_BUILD_LOCK_HELD_BY")
"""Variables that our own programs set for each other."""
PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105 - the name of a file
"""The name of the file, beside the keys, with the passphrase that `ingest keys new` makes."""
