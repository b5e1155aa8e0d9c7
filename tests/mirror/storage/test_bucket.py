"""Objects of a real storage: conditions, large files, verified writes, encryption."""

import hashlib
import os
from pathlib import Path

import pytest

from ingest.errors import MirrorError
from ingest.mirror.storage.address import parse_address
from ingest.mirror.storage.bucket import PART_BYTES, Bucket
from ingest.mirror.storage.stored import Changed
from tests.support.object_storage import ObjectStorage
from tests.support.spoiled import Spoiled


def put(bucket: Bucket, path: str, content: bytes) -> None:
    bucket.put(path, content, sha256=hashlib.sha256(content).hexdigest())


def test_an_object_is_written_only_where_there_is_none(bucket: Bucket) -> None:
    put(bucket, "a/b", b"first")

    with pytest.raises(Changed):
        put(bucket, "a/b", b"second")

    assert (bucket.read("a/b") or [None])[0] == b"first"


def test_the_same_bytes_may_be_written_again(bucket: Bucket) -> None:
    put(bucket, "a/b", b"first")

    put(bucket, "a/b", b"first")


def test_an_object_is_replaced_only_while_it_is_the_version_that_was_seen(bucket: Bucket) -> None:
    put(bucket, "a/b", b"first")
    seen = bucket.look("a/b")
    bucket.put("a/b", b"second", sha256="2", replaces=seen)

    with pytest.raises(Changed):
        bucket.put("a/b", b"third", sha256="3", replaces=seen)

    assert (bucket.read("a/b") or [None])[0] == b"second"


def test_a_large_file_goes_and_comes_in_parts(bucket: Bucket, tmp_path: Path) -> None:
    content = os.urandom(2 * PART_BYTES + 1)
    (tmp_path / "large").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()

    bucket.put_in_parts("large", tmp_path / "large", sha256=sha256)

    [stored] = bucket.list("")
    assert stored.size_bytes == len(content)
    assert bucket.fetch(stored, tmp_path / "back") == sha256
    assert (tmp_path / "back").read_bytes() == content


def test_an_object_that_changes_while_it_is_read_is_not_mixed(
    bucket: Bucket, tmp_path: Path
) -> None:
    put(bucket, "a", b"first")
    [stored] = bucket.list("")
    bucket.put("a", b"other", sha256="2", replaces=bucket.look("a"))

    with pytest.raises(MirrorError, match="expected to read it, found PreconditionFailed"):
        bucket.fetch(stored, tmp_path / "back")


def test_an_absent_object_is_none_and_may_be_deleted(bucket: Bucket) -> None:
    put(bucket, "a", b"first")
    bucket.delete("a")
    bucket.delete("a")

    assert (bucket.look("a"), bucket.read("a"), list(bucket.list(""))) == (None, None, [])


def test_a_write_that_left_nothing_is_found(spoiled_bucket: Bucket, proxy: Spoiled) -> None:
    proxy.fault = lambda method, path: 200 if method == "PUT" else None

    with pytest.raises(MirrorError, match=r"expected the 5 bytes that were written.*found none"):
        put(spoiled_bucket, "a", b"first")


def test_a_write_that_left_the_earlier_object_is_found(
    bucket: Bucket, spoiled_bucket: Bucket, proxy: Spoiled
) -> None:
    put(bucket, "a", b"earlier")
    proxy.fault = lambda method, path: 200 if method == "PUT" else None

    with pytest.raises(MirrorError, match=r"expected the 5 bytes .*found 7 bytes"):
        spoiled_bucket.put("a", b"later", sha256="of later", replaces=bucket.look("a"))


def test_the_server_is_asked_to_encrypt(
    bucket: Bucket, proxy: Spoiled, storage: ObjectStorage
) -> None:
    address = parse_address(bucket.url, endpoint=proxy.endpoint, encryption="aws:kms:a-key")
    proxy.fault = lambda method, path: 403

    with pytest.raises(MirrorError, match="AccessDenied"):
        put(Bucket(address), "a", b"first")

    [headers] = proxy.headers
    assert headers["x-amz-server-side-encryption"] == "aws:kms"
    assert headers["x-amz-server-side-encryption-aws-kms-key-id"] == "a-key"


def test_without_credentials_the_line_says_so(
    bucket: Bucket, storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")

    with pytest.raises(MirrorError, match="found no credentials; set AWS_ACCESS_KEY_ID"):
        Bucket(parse_address(bucket.url, endpoint=storage.endpoint)).look("a")


def test_a_server_that_is_not_there_is_named(bucket: Bucket) -> None:
    address = parse_address(bucket.url, endpoint="http://127.0.0.1:9")

    with pytest.raises(MirrorError, match="found error sending request; the next mirror continues"):
        Bucket(address).look("a")


def test_a_server_without_tls_from_the_environment_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")

    with pytest.raises(MirrorError, match="found an http:// server; name an https:// server"):
        Bucket(parse_address(bucket.url)).look("a")


def test_google_and_azure_are_opened_by_their_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are opened alone: no server of theirs is asked."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")

    urls = [Bucket(parse_address(url)).url for url in ("gs://bucket/a", "az://container/a")]

    assert urls == ["gs://bucket/a", "az://container/a"]


def test_azure_without_an_account_is_refused_on_one_line() -> None:
    with pytest.raises(MirrorError, match=r"expected to open it, found .*Account"):
        Bucket(parse_address("az://container/a"))
