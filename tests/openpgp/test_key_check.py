"""Keys that cannot open deliveries are reported before the first file is fetched."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.openpgp.keyring import Keyring
from tests.support.messages import (
    A_DAY_LATER,
    EXPIRY,
    LONG_AGO,
    first_fingerprint,
    gnupg_home,
    run_gpg,
)
from tests.support.receiver import PASSPHRASE, Receiver
from tests.support.sender import Sender

Arrange = Callable[[Path], None]


@contextmanager
def _home(arrange: Arrange) -> Iterator[Path]:
    with gnupg_home() as home:
        arrange(home)
        yield home


def _make(home: Path, usage: str = "sign,encrypt", *more: str) -> None:
    run_gpg(home, *more, "--quick-gen-key", "r@localhost", "rsa2048", usage, "never")


def _make_open(home: Path) -> None:
    _make(home, "sign,encrypt", "--passphrase", "")


def _make_expired(home: Path) -> None:
    then = ("--faked-system-time", LONG_AGO)
    run_gpg(home, *then, "--quick-gen-key", "r@localhost", "ed25519", "sign", EXPIRY)
    later = ("--faked-system-time", A_DAY_LATER)
    run_gpg(home, *later, "--quick-add-key", first_fingerprint(home), "cv25519", "encrypt", EXPIRY)


def _make_without_primary(home: Path) -> None:
    with _home(_make_with_subkey) as complete:
        exported = run_gpg(complete, "--export-secret-subkeys", first_fingerprint(complete))
    run_gpg(home, "--import", data=exported)


def _make_with_subkey(home: Path) -> None:
    run_gpg(home, "--quick-gen-key", "r@localhost", "default", "default", "never")


def _make_two(home: Path) -> None:
    """The passphrase of the older one is the one that is given."""
    _make(home)
    run_gpg(home, "--passphrase", "other", "--quick-gen-key", "n@localhost", "default", "default")


def _make_public_only(home: Path) -> None:
    with _home(_make) as other:
        public = run_gpg(other, "--export")
    run_gpg(home, "--import", data=public)


def _forget(home: Path) -> None:
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=True)


@pytest.mark.parametrize("is_warm", [False, True])
@pytest.mark.parametrize(
    ("arrange", "passphrase"),
    [
        (_make, PASSPHRASE),
        (_make_with_subkey, PASSPHRASE),
        (_make_without_primary, PASSPHRASE),
        (_make_expired, PASSPHRASE),
        (_make_two, PASSPHRASE),
        (_make_open, None),
        (_make_open, "given though there is none"),
    ],
)
def test_a_key_that_opens_passes_the_check(
    arrange: Arrange, passphrase: str | None, is_warm: bool
) -> None:
    with _home(arrange) as home:
        if not is_warm:
            _forget(home)
        Keyring(home, passphrase=passphrase).check()


@pytest.mark.parametrize(
    ("arrange", "passphrase", "said"),
    [
        (lambda _: None, PASSPHRASE, "MX_GNUPGHOME: expected a private key that decrypts"),
        (_make_public_only, PASSPHRASE, "MX_GNUPGHOME: expected a private key that decrypts"),
        (
            lambda home: _make(home, "sign"),
            PASSPHRASE,
            "MX_GNUPGHOME: expected a private key that decrypts",
        ),
        (_make, "wrong", "MX_GPG_PASSPHRASE: expected the passphrase of key .*, found another"),
        (_make, f"{PASSPHRASE} ", "MX_GPG_PASSPHRASE: .*, found another"),
        (_make_without_primary, "wrong", "MX_GPG_PASSPHRASE: .*, found another"),
        (_make_expired, "wrong", "MX_GPG_PASSPHRASE: .*, found another"),
        (_make, None, "MX_GPG_PASSPHRASE: .*, found nothing"),
    ],
)
def test_keys_that_open_nothing_are_reported_with_the_next_step(
    arrange: Arrange, passphrase: str | None, said: str
) -> None:
    with _home(arrange) as home:
        _forget(home)
        with pytest.raises(SettingsError, match=said):
            Keyring(home, passphrase=passphrase).check()


def test_a_passphrase_that_gpg_agent_remembers_need_not_be_given() -> None:
    with _home(_make) as home:
        message = run_gpg(home, "--recipient", "r@localhost", "--encrypt", data=b"x")
        run_gpg(home, "--decrypt", data=message)
        with pytest.raises(SettingsError, match="found another"):
            Keyring(home, passphrase="wrong").check()

        Keyring(home).check()


@pytest.mark.parametrize(
    ("arrange", "changed", "said"),
    [
        (_make_public_only, {}, "MX_GNUPGHOME: expected a private key that decrypts"),
        (_make, {"MX_GPG_PASSPHRASE": "wrong"}, "MX_GPG_PASSPHRASE: expected the passphrase"),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["release"], ["baseline", "--date", "2026-01-01"]])
def test_nothing_is_archived_or_rejected_by_such_keys(
    sender: Sender,
    settings: dict[str, str],
    data: Path,
    arrange: Arrange,
    changed: dict[str, str],
    said: str,
    command: list[str],
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    where = [settings["MX_SOURCE"]] if command[0] == "baseline" else []
    with _home(arrange) as home:
        environment = settings | {"MX_GNUPGHOME": str(home)} | changed
        call = [sys.executable, "-m", "ingest", *command, *where]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert said in done.stderr
    assert not data.exists()


def test_a_wrong_passphrase_is_reported_while_gpg_agent_holds_the_right_one(
    sender: Sender, settings: dict[str, str], data: Path, receiver_key: Receiver
) -> None:
    path = sender.send_users("a")
    run_gpg(receiver_key.home, "--decrypt", str(path))
    call = [sys.executable, "-m", "ingest", "run"]
    wrong = settings | {"MX_GPG_PASSPHRASE": "wrong"}

    done = subprocess.run(call, env=wrong, capture_output=True, text=True, check=False)

    assert (done.returncode, "found another" in done.stderr) == (2, True)
    assert not data.exists()


def test_a_passphrase_may_come_from_a_file_with_a_last_line_end(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    sender.send_users("a")
    sender.send_manifest()
    file = tmp_path / "passphrase"
    file.write_text(f"{settings.pop('MX_GPG_PASSPHRASE')}\n")
    call = [sys.executable, "-m", "ingest", "run"]
    environment = settings | {"MX_GPG_PASSPHRASE_FILE": str(file)}

    assert subprocess.run(call, env=environment, check=False).returncode == 0
