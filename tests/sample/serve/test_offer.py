"""What is served is offered as settings that a shell reads, with the key in a file."""

import shlex
import socket
import stat
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from sample.serve.offer import Offer, offering
from tests.sample.conftest import SmallWorld


def test_a_shell_reads_every_value_as_it_is(tmp_path: Path) -> None:
    key_file = tmp_path / "a key's file"

    offer = Offer(sources=["https://a/x"], files=3, api_key_file=key_file, ca=tmp_path / "ca.pem")

    assert f"MX_API_KEY_FILE={key_file}" in shlex.split(offer.text(), comments=True)


def test_a_key_of_ones_own_is_in_a_file_that_others_cannot_read(small_world: SmallWorld) -> None:
    with offering(
        small_world.folder, keyring=small_world.keyring, api_key="s3cret", bodies="pgp", port=0
    ) as offer:
        key_file = offer.api_key_file

        assert (key_file.read_text(), stat.S_IMODE(key_file.stat().st_mode)) == ("s3cret\n", 0o600)
        assert [source.split("/")[3] for source in offer.sources] == ["download"]


def test_a_port_that_is_taken_is_named(small_world: SmallWorld) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=f"--port {port}: expected one that is free"),
            offering(
                small_world.folder,
                keyring=small_world.keyring,
                api_key=None,
                bodies="pgp",
                port=port,
            ),
        ):
            pass
