"""The address of a mirror: which object storage, which prefix, and how it is reached."""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ingest.errors import SettingsError

SCHEMES: Final = ("s3", "gs", "az")
KMS: Final = "aws:kms"
ENCRYPTIONS: Final = ("AES256", KMS, "aws:kms:dsse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An object storage and a prefix in it. It holds no secret, so messages may show it."""

    url: str
    config: dict[str, str] = field(default_factory=dict)
    """What the storage library is told besides the environment."""
    may_use_http: bool = False
    """The server is on this machine; to any other, plaintext goes by TLS alone."""


def parse_address(url: str, *, endpoint: str = "", encryption: str = "") -> Address:
    """Read the address of a mirror.

    Args:
        endpoint: the server of an `s3://` address that is not Amazon's.
        encryption: the server's encryption: AES256, aws:kms, or aws:kms:<key>.

    Raises:
        SettingsError: one of the three is malformed.
    """
    parts = urlsplit(url)
    _check_url(url, parts)
    if parts.scheme != "s3" and (endpoint or encryption):
        name = "MX_MIRROR_ENDPOINT" if endpoint else "MX_MIRROR_ENCRYPTION"
        raise SettingsError(f"{name}: expected with s3:// only, found with {parts.scheme}://")
    config = _read_encryption(encryption)
    if endpoint:
        config["endpoint"] = endpoint
    return Address(
        url=url.rstrip("/"), config=config, may_use_http=bool(endpoint) and _may_use_http(endpoint)
    )


def _check_url(url: str, parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise SettingsError(
            "MX_MIRROR: expected an address without a login, found one; "
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    segments = parts.path.strip("/").split("/") if parts.path.strip("/") else []
    is_plain = not (parts.query or parts.fragment) and not {"", ".", ".."} & set(segments)
    if parts.scheme not in SCHEMES or not parts.netloc or not is_plain:
        raise SettingsError(
            f"MX_MIRROR: expected s3://bucket/prefix, gs://bucket/prefix or "
            f"az://container/prefix, found {url!a:.80}"
        )


def _may_use_http(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    host, is_local = parts.hostname or "", parts.hostname == "localhost"
    with suppress(ValueError):
        is_local = ipaddress.ip_address(host).is_loopback
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_local)
    if not is_safe or not host or "@" in parts.netloc:
        raise SettingsError(
            "MX_MIRROR_ENDPOINT: expected https://host or https://host:port, or http:// for a "
            "server on this machine, found another value"
        )
    return is_local


def _read_encryption(encryption: str) -> dict[str, str]:
    if not encryption:
        return {}
    if encryption in ENCRYPTIONS:
        return {"server_side_encryption": encryption}
    kind, key = encryption[: len(KMS)], encryption[len(KMS) + 1 :]
    if kind != KMS or not key:
        raise SettingsError(
            f"MX_MIRROR_ENCRYPTION: expected {', '.join(ENCRYPTIONS)} or aws:kms:<key>, "
            f"found {encryption!a:.60}"
        )
    return {"server_side_encryption": KMS, "sse_kms_key_id": key}
