"""Every error has a real way to provoke it, and says on one line what was expected."""

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import ingest
from ingest import errors
from ingest.errors import IngestError, one_line
from ingest.landing.converters import Converters
from ingest.landing.decide import Rules
from ingest.mirror.send_all import mirror_data
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import Bucket
from ingest.openpgp.encrypt import Post
from ingest.openpgp.gnupg_home import GnupgHome
from ingest.openpgp.keyring import Keyring
from ingest.openpgp.message.form import open_message
from ingest.openpgp.message.plaintext import plaintext_pipe
from ingest.openpgp.report import UnreadError
from ingest.operations import set_files_aside
from ingest.receive.sources import PLAIN_HTTPS
from ingest.receive.sources.https.urls import UrlList, open_urls
from ingest.receive.sources.local import LocalFolder
from ingest.settings import load_settings
from ingest.store.ledger import read_records
from ingest.store.lock import run_lock
from ingest.warehouse.database import open_warehouse
from ingest.warehouse.publish.release import roll_back
from tests.support.converting import conversion
from tests.support.receiver import PASSPHRASE, Receiver, receiver
from tests.support.served import Served

Ways = dict[type[IngestError], Callable[[Path], object]]


def subclasses(kind: type[IngestError]) -> Iterator[type[IngestError]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def all_errors() -> set[type[IngestError]]:
    """Import every module first: an error may be defined beside the code that raises it.

    The plugin is for dbt's process: importing it takes core files from this one.
    """
    for module in pkgutil.walk_packages(ingest.__path__, "ingest."):
        if not module.name.endswith(("__main__", "warehouse.plugin")):
            importlib.import_module(module.name)
    return set(subclasses(IngestError))


def lock_twice(folder: Path) -> None:
    with run_lock(folder, run_id="a"), run_lock(folder, run_id="b"):
        pass


def ask_for_urls(where: str) -> None:
    with open_urls(where, None, api_key=None, address="", https=PLAIN_HTTPS):
        pass


def ask_a_server_that_answers(status: int) -> None:
    served = Served()
    served.bodies["/list"], served.status = b"", status
    with served.serve() as host:
        ask_for_urls(f"{host}/list")


def read_from_the_middle(_: Path) -> None:
    """The server ignores the range, and sends the file from its start."""
    served = Served()
    served.bodies["/file"] = b"a complete file"
    with served.serve() as host:
        listed = f"{host}/file".encode()
        with open_urls("list", listed, api_key=None, address="", https=PLAIN_HTTPS) as urls:
            assert isinstance(urls, UrlList)
            with urls.open_file("file", offset=5):
                pass


def look_for_gpg_where_there_is_none(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder))
        GnupgHome(folder)


def convert_by_a_program_that_ends_at_once(folder: Path) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        Converters() as converters,
        plaintext_pipe() as (plain, write_end),
    ):
        os.close(write_end)
        patch.setattr(sys, "executable", "/bin/false")
        converters.convert(plain, conversion(folder / "rows.parquet", size_bytes=1))


def read_a_damaged_ledger(folder: Path) -> None:
    (folder / "2026-01.jsonl").write_text("not JSON\n{}\n")
    list(read_records(folder))


def open_no_warehouse(folder: Path) -> None:
    with open_warehouse(folder / "warehouse.duckdb"):
        pass


def set_an_unknown_file_aside(folder: Path) -> None:
    rules = Rules(settle=timedelta(hours=6), max_plain_bytes=1 << 30)
    set_files_aside(["nobody"], data=folder, rules=rules)


def open_an_empty_file(folder: Path) -> None:
    (folder / "empty").touch()
    with open_message(folder / "empty"):
        pass


def decrypt_a_text_once(folder: Path) -> None:
    with receiver() as made:
        _decrypt_text(folder / "text.pgp", made)


def _decrypt_text(path: Path, made: Receiver) -> None:
    keyring = Keyring(made.home, passphrase=PASSPHRASE)
    post = Post(keyring=keyring, recipient=made.fingerprint, options=("--textmode",))
    with post.encrypt_into(path) as stream:
        stream.write(b"a line\n")
    with keyring.decrypt(path, max_bytes=1 << 20):
        pass


WAYS: Ways = {
    errors.SettingsError: lambda _: load_settings("source"),
    errors.LockError: lock_twice,
    errors.SourceError: lambda folder: LocalFolder(folder / "none").list_files(),
    errors.SourceUnavailable: lambda _: ask_for_urls("http://127.0.0.1:9/list"),
    errors.SourceRefused: lambda _: ask_a_server_that_answers(401),
    errors.NotResumable: read_from_the_middle,
    errors.FileAbsent: lambda _: ask_a_server_that_answers(404),
    errors.FileGone: lambda _: ask_a_server_that_answers(410),
    errors.KeyringError: look_for_gpg_where_there_is_none,
    errors.ConversionError: convert_by_a_program_that_ends_at_once,
    errors.LedgerError: read_a_damaged_ledger,
    errors.WarehouseError: open_no_warehouse,
    errors.MirrorError: lambda folder: mirror_data(folder, Bucket(parse_address("s3://bucket"))),
    errors.PublishError: roll_back,
    errors.UnknownNameError: set_an_unknown_file_aside,
    errors.RejectedError: open_an_empty_file,
    UnreadError: decrypt_a_text_once,
}


def test_every_error_has_a_way_to_provoke_it() -> None:
    assert set(WAYS) == all_errors()


@pytest.mark.parametrize("kind", WAYS, ids=lambda kind: kind.__name__)
def test_an_error_says_on_one_line_what_was_expected(
    kind: type[IngestError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MX_SOURCE", raising=False)

    with pytest.raises(kind) as raised:
        WAYS[kind](tmp_path)

    assert type(raised.value) is kind
    assert one_line(raised.value) == str(raised.value)
    assert "expected " in str(raised.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (IngestError("two\nlines"), "two lines"),
        (
            OSError(28, "No space left", "/data"),
            "/data: expected to work, found No space left",
        ),
        (KeyboardInterrupt(), "found an interruption; the same command goes on from here"),
        (ValueError("a name of a customer"), "expected to end, found ValueError"),
    ],
    ids=["ours", "disk", "interruption", "unforeseen"],
)
def test_any_error_is_reported_on_one_line(error: BaseException, expected: str) -> None:
    line = one_line(error)

    assert expected in line
    assert "\n" not in line
    assert "customer" not in line


def test_the_tree_shows_every_error() -> None:
    assert errors.__doc__
    assert {kind.__name__ for kind in all_errors()} == {
        line.split("── ")[1].split()[0] for line in errors.__doc__.splitlines() if "── " in line
    }
