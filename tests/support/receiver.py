"""The receiver of a test: a throw-away key pair in a folder with a short path."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import gnupg

PASSPHRASE = "correct horse"


@dataclass(frozen=True, slots=True)
class Receiver:
    home: Path
    fingerprint: str


def refuse(path: Path, _is_packed: bool) -> NoReturn:
    """Stand for a key where every file comes as ciphertext."""
    raise AssertionError(f"{path.name} came in the clear")


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Give a GnuPG home with one key pair. gpg-agent's socket allows for 108 characters."""
    home = Path(tempfile.mkdtemp(prefix="gh-", dir="/tmp"))
    (home / "gpg-agent.conf").write_text("s2k-count 65536\n")
    gpg = gnupg.GPG(gnupghome=str(home))
    made = gpg.gen_key(
        gpg.gen_key_input(
            key_type="RSA",
            key_length=2048,
            key_usage="cert,sign",
            subkey_type="RSA",
            subkey_length=2048,
            subkey_usage="encrypt",
            name_email="receiver@localhost",
            passphrase=PASSPHRASE,
        )
    )
    try:
        yield Receiver(home=home, fingerprint=made.fingerprint)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
        shutil.rmtree(home, ignore_errors=True)
