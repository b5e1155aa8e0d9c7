"""ASCII armour as gpg reads it."""

import subprocess
from pathlib import Path

import pytest

from sample.send.armour import armour
from tests.support.receiver import Receiver


@pytest.mark.parametrize("size_bytes", [46, 47, 48, 1000, 1001, 1002])
def test_gpg_reads_messages_of_every_length(
    tmp_path: Path, receiver_key: Receiver, size_bytes: int
) -> None:
    home = ["gpg", "--homedir", str(receiver_key.home), "--batch"]
    plain = bytes(range(256)) * 4
    # RFC 9580, section 5.9: a length in five octets, then binary, no name, no date
    body = b"b\0" + bytes(4) + plain[:size_bytes]
    message = b"\xcb\xff" + len(body).to_bytes(4, "big") + body
    path = tmp_path / "message.asc"
    path.write_bytes(armour(message))

    done = subprocess.run([*home, "--decrypt", path], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (0, plain[:size_bytes]), done.stderr
