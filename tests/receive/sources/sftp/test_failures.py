"""A failure names the file or folder that was expected."""

import pytest

from ingest.errors import SourceError
from ingest.receive.sources import open_source
from tests.support.sshd import Sshd


def test_a_folder_that_is_not_there_says_what_is(sshd_server: Sshd) -> None:
    """The nearest folder above it is listed, the first names of it."""
    with (
        pytest.raises(
            SourceError, match=r"^sftp 127\.0\.0\.1:\d+: expected the folder /\S+/uplaod/x, "
        ) as refused,
        open_source(
            sshd_server.address.replace("/upload", "/uplaod/x"),
            password=sshd_server.password,
            known_hosts=sshd_server.known_hosts,
        ) as source,
    ):
        source.list_files()
    assert "upload/" in str(refused.value).partition("there is: ")[2].split(", ")
