"""Whatever comes in, the answer is a value or a rejection, in bounded time and memory."""

import io
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.delivery.avro.container import write_long
from ingest.delivery.avro.decode import open_container
from ingest.delivery.manifest import Listing, parse_manifest
from ingest.delivery.names import DailyFile, ManifestFile, parse_name
from ingest.errors import RejectedError
from ingest.store.keys_and_paths import landing_path
from ingest.store.quarantine import quarantine_path
from tests.delivery.test_manifest import DELIVERY, ROW, manifest
from tests.support.sender import CLIENT, avro_bytes, users

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "300"))

TIME_AND_WORDS = "2026-01-02 2026-13-02 users USERS created -manifest.csv.pgp .avro.pgp .pgp .gpg"
HOSTILE = [CLIENT, "CLT-", ".", "..", "/", "\\", "\x00", "\n", "é", " "]
pieces = st.sampled_from([*HOSTILE, *TIME_AND_WORDS.split()])
names = st.lists(pieces | st.text(max_size=5), max_size=9).map("".join)

CONTAINERS = [
    avro_bytes(users("a", "b", "c"), codec=codec) for codec in ("null", "deflate", "bzip2", "xz")
]


@st.composite
def mutations(draw: st.DrawFn, contents: list[bytes]) -> bytes:
    """Take a valid file and cut, overwrite, insert or repeat pieces of it."""
    content = bytearray(draw(st.sampled_from(contents)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 20)))
        content[start:end] = draw(st.binary(max_size=20) | st.just(bytes(content[start:end]) * 2))
    return bytes(content)


@settings(max_examples=EXAMPLES, deadline=None)
@given(names)
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    file = parse_name(name)
    target = quarantine_path(Path("/q"), file, name=name)

    assert target.resolve().is_relative_to("/q/quarantine")
    assert file is not None or target.parent == Path("/q/quarantine/_names")


@settings(max_examples=EXAMPLES, deadline=None)
@given(names)
def test_a_daily_file_lands_below_the_landing(name: str) -> None:
    file = parse_name(name)
    path = landing_path(file) if isinstance(file, DailyFile) else Path("landing")

    assert path.parts[0] == "landing"
    assert ".." not in path.parts
    assert isinstance(file, DailyFile | ManifestFile | None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(mutations([manifest(ROW), manifest(ROW, ROW)]) | st.binary(max_size=300))
def test_a_manifest_is_read_or_rejected(text: bytes) -> None:
    assert all(isinstance(each, Listing) for each in _manifest_or_nothing(text))


@settings(max_examples=EXAMPLES, deadline=2_000)
@given(mutations(CONTAINERS) | st.binary(max_size=300).map(lambda tail: b"Obj\x01" + tail))
def test_a_container_is_read_or_rejected(container: bytes) -> None:
    assert all(isinstance(each, pa.RecordBatch) for each in _batches_or_nothing(container))


def _manifest_or_nothing(text: bytes) -> list[Listing]:
    try:
        return parse_manifest(text, delivery=DELIVERY)
    except RejectedError:
        return []


def _batches_or_nothing(container: bytes) -> list[pa.RecordBatch]:
    try:
        return list(open_container(io.BytesIO(container)).batches)
    except RejectedError:
        return []


def test_the_fuzzed_files_are_valid_to_begin_with() -> None:
    assert [len(_batches_or_nothing(each)) for each in CONTAINERS] == [1] * len(CONTAINERS)
    assert len(_manifest_or_nothing(manifest(ROW))) == 1


@pytest.mark.parametrize("depth", [100, 1_000, 100_000])
def test_a_schema_nested_without_end_is_rejected(depth: int) -> None:
    text = b'{"type":"array","items":' * depth + b'"int"' + b"}" * depth
    header = b"Obj\x01\x02\x16avro.schema" + write_long(len(text)) + text + b"\x00" + bytes(16)

    with pytest.raises(RejectedError, match="schema"):
        open_container(io.BytesIO(header))
