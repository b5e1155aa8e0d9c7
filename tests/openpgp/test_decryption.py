"""gpg writes the plaintext into a pipe, and all that it reports comes back bounded."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.openpgp.decryption import Gpg
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.plaintext import plaintext_pipe
from ingest.openpgp.report import Report
from tests.openpgp.conftest import PLAIN
from tests.support.receiver import PASSPHRASE


def run(gpg: Gpg, decrypt: Callable[[Gpg, int], Report]) -> tuple[bytes, Report]:
    with plaintext_pipe() as (plain, write_end), ThreadPoolExecutor(max_workers=1) as executor:
        running = executor.submit(decrypt, gpg, write_end)
        return plain.read(len(PLAIN) + 1), running.result()


@pytest.mark.parametrize("decrypt", [Gpg.decrypt_into, Gpg.unwrap_into])
def test_both_ways_give_the_same_plaintext(
    keyring: Keyring, ciphertext: Path, decrypt: Callable[[Gpg, int], Report]
) -> None:
    command = keyring.home.command(takes_passphrase=True)
    with ciphertext.open("rb", buffering=0) as file:
        gpg = Gpg(command=command, passphrase=PASSPHRASE, file=file, max_bytes=1 << 30)
        plain, report = run(gpg, decrypt)

    assert (plain == PLAIN, report.is_good, report.is_signed) == (True, True, False)


def test_a_flood_of_messages_is_kept_only_in_part(ciphertext: Path) -> None:
    """The program replaces gpg, which a message can make write more than memory holds."""
    flood = "import sys; [sys.stderr.write('x' * 999 + chr(10)) for _ in range(9000)]"
    command = [sys.executable, "-c", f"{flood}; sys.stderr.write('the end')"]
    with ciphertext.open("rb", buffering=0) as file:
        gpg = Gpg(command=command, passphrase=None, file=file, max_bytes=1)
        _, report = run(gpg, Gpg.decrypt_into)

    assert len(report.stderr) < 2 << 20
    assert report.last_words == "the end"
