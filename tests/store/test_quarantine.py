"""A file in quarantine lies beside its reason, and leaves with it."""

import json
from pathlib import Path

from ingest.errors import Reason, RejectedError
from ingest.store.quarantine import leave_quarantine, put_in_quarantine

ERROR = RejectedError(Reason.SIZE, expected="9 bytes", found="7 bytes")


def put(folder: Path, content: str | None, *, name: str = "f.pgp") -> Path:
    target, ciphertext = folder / "quarantine" / name, folder / "archived"
    target.parent.mkdir(exist_ok=True)
    if content is not None:
        ciphertext.unlink(missing_ok=True)
        ciphertext.write_text(content)
    put_in_quarantine(
        target,
        ciphertext=None if content is None else ciphertext,
        error=ERROR,
        scratch=folder,
        name=name,
    )
    return target


def test_a_reason_can_be_read_by_a_program(tmp_path: Path) -> None:
    target = put(tmp_path, "bytes")

    assert target.read_text() == "bytes"
    assert json.loads(target.with_name("f.pgp.json").read_text()) == {
        "reason": "size",
        "expected": "9 bytes",
        "found": "7 bytes",
        "name": "f.pgp",
    }


def test_newer_bytes_replace_older_ones(tmp_path: Path) -> None:
    put(tmp_path, "old")

    assert put(tmp_path, "new").read_text() == "new"


def test_of_a_name_alone_only_the_reason_is_kept(tmp_path: Path) -> None:
    target = put(tmp_path, None)

    assert [path.name for path in target.parent.iterdir()] == ["f.pgp.json"]


def test_what_leaves_takes_its_reason_along_and_may_have_left_before(tmp_path: Path) -> None:
    target = put(tmp_path, "bytes")

    for _ in range(2):
        leave_quarantine(target)

    assert list(target.parent.iterdir()) == []
