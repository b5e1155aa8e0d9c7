"""The receiver's keys: made quick only with a passphrase of our own, warned of in time."""

import logging
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.errors import KeyringError
from ingest.openpgp.gnupg_home import GnupgHome
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.receiver_key import make_receiver_key, warn_of_expiry
from tests.openpgp.conftest import encrypt
from tests.support.receiver import Receiver

PLAIN = b"plain"


@pytest.fixture(scope="module")
def made(receiver_key: Receiver) -> Iterator[Path]:
    """A home in which a key of 40 days was made without a passphrase being given."""
    yield from _home(receiver_key.home / "made", expires="40d", passphrase=None)


@pytest.fixture(scope="module")
def own(receiver_key: Receiver) -> Iterator[Path]:
    """A home with two keys under a passphrase of one's own."""
    yield from _home(receiver_key.home / "own", expires="0", passphrase="p", count=2)


def _home(home: Path, *, expires: str, passphrase: str | None, count: int = 1) -> Iterator[Path]:
    for _ in range(count):
        make_receiver_key(
            home, user_name="Bank", email="b@localhost", expires=expires, passphrase=passphrase
        )
    yield home
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


def test_a_made_passphrase_lies_beside_the_key_for_its_owner_alone(made: Path) -> None:
    assert len((made / "passphrase").read_text().strip()) >= 43
    assert (made / "passphrase").stat().st_mode & 0o777 == 0o600
    assert (made / "gpg-agent.conf").read_text() == "s2k-count 65536\n"


def test_a_passphrase_of_ones_own_is_not_kept_and_is_stretched(own: Path) -> None:
    assert not (own / "passphrase").exists()
    assert not (own / "gpg-agent.conf").exists()


def test_keys_of_one_home_have_one_passphrase(own: Path, made: Path) -> None:
    for home, passphrase, said in ((own, None, "found nothing"), (made, "x", "found another")):
        with pytest.raises(KeyringError, match=said):
            make_receiver_key(
                home, user_name="B", email="b@localhost", expires="0", passphrase=passphrase
            )


def test_an_expiry_is_warned_of_thirty_days_ahead(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = GnupgHome(made)
    today = datetime.now(tz=UTC).date()
    caplog.set_level(logging.WARNING)

    warn_of_expiry(home, today=today)
    assert caplog.messages == []
    warn_of_expiry(home, today=today + timedelta(days=11))
    assert f"key {home.private_keys()[0].fingerprint}: expires on" in caplog.text


def test_a_key_that_never_expires_is_not_warned_of(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_expiry(GnupgHome(own), today=date(2126, 1, 1))

    assert caplog.messages == []


def test_a_rotated_key_still_opens_what_was_sent_to_it(own: Path, tmp_path: Path) -> None:
    keyring = Keyring(own, passphrase="p")
    opened = set()
    for key in keyring.home.private_keys():
        path = tmp_path / key.fingerprint
        encrypt(PLAIN, path, keyring=keyring, recipient=key.fingerprint)
        with keyring.decrypt(path, max_bytes=100) as plain:
            assert plain.read(100) == PLAIN
        opened.add(plain.key_id)

    assert len(opened) == 2
