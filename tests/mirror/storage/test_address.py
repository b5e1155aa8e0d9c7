"""The address of a mirror is read before anything is asked of a server."""

import pytest

from ingest.errors import SettingsError
from ingest.mirror.storage.address import parse_address

KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234"


@pytest.mark.parametrize(
    "url", ["s3://bucket", "s3://bucket/", "s3://bucket/a/b", "gs://bucket/a", "az://container/a"]
)
def test_an_address_names_storage_bucket_and_prefix(url: str) -> None:
    assert parse_address(url).url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        *("", "bucket", "/mnt/backup", "file:///mnt/backup", "https://host/bucket"),
        *("s3://", "s3:///a", "s3://bucket/a//b", "s3://bucket/../b", "s3://bucket/a?b"),
        "s3://bucket/a#b",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="MX_MIRROR: expected s3://bucket/prefix"):
        parse_address(url)


def test_an_address_with_a_login_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError, match="without a login") as refused:
        parse_address("s3://user:hush@bucket/a")

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8333", "http://localhost:8333", "http://[::1]:8333"]
)
def test_a_server_on_this_machine_may_be_asked_in_the_clear(endpoint: str) -> None:
    address = parse_address("s3://bucket", endpoint=endpoint)

    assert (address.config, address.may_use_http) == ({"endpoint": endpoint}, True)


def test_a_server_elsewhere_needs_tls() -> None:
    assert not parse_address("s3://bucket", endpoint="https://storage.example.com").may_use_http
    with pytest.raises(SettingsError, match="MX_MIRROR_ENDPOINT: expected https://"):
        parse_address("s3://bucket", endpoint="http://storage.example.com")


@pytest.mark.parametrize("endpoint", ["storage.example.com", "https://", "https://me:hush@host"])
def test_a_malformed_endpoint_is_refused_without_showing_it(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="MX_MIRROR_ENDPOINT: expected https://") as refused:
        parse_address("s3://bucket", endpoint=endpoint)

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("encryption", "config"),
    [
        ("AES256", {"server_side_encryption": "AES256"}),
        ("aws:kms", {"server_side_encryption": "aws:kms"}),
        ("aws:kms:dsse", {"server_side_encryption": "aws:kms:dsse"}),
        (f"aws:kms:{KEY}", {"server_side_encryption": "aws:kms", "sse_kms_key_id": KEY}),
    ],
)
def test_encryption_is_by_the_servers_key_or_a_named_one(
    encryption: str, config: dict[str, str]
) -> None:
    assert parse_address("s3://bucket", encryption=encryption).config == config


@pytest.mark.parametrize("encryption", ["AES-256", "aws:kms:", "yes"])
def test_any_other_encryption_is_refused(encryption: str) -> None:
    with pytest.raises(SettingsError, match="MX_MIRROR_ENCRYPTION: expected AES256, aws:kms"):
        parse_address("s3://bucket", encryption=encryption)


@pytest.mark.parametrize("name", ["endpoint", "encryption"])
def test_what_is_of_s3_alone_is_refused_with_another_storage(name: str) -> None:
    with pytest.raises(SettingsError, match=f"MX_MIRROR_{name.upper()}: expected with s3://"):
        parse_address("gs://bucket", **{name: "AES256"})
