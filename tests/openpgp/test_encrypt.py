"""Streams are encrypted into files, and gpg's refusal names the key."""

from pathlib import Path

import pytest

from ingest.errors import KeyringError
from ingest.openpgp.keyring import Keyring
from tests.openpgp.conftest import encrypt


def test_encrypting_to_nobody_says_so(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(KeyringError, match="key nobody: expected gpg to encrypt"):
        encrypt(b"x", tmp_path / "x.pgp", keyring=keyring, recipient="nobody")
