"""Files that are on the disk completely or not at all, even if the machine stops."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
SCRATCH = ".tmp"


def make_folder(folder: Path) -> Path:
    """Make a folder and its parents, readable by their owner alone, and return it."""
    for changed in _make_folder(folder):
        sync_folder(changed)
    return folder


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and its parents, and return those that have to be synced for it."""
    if folder.is_dir():
        return []
    changed = _make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return [*changed, folder.parent]


@contextmanager
def scratch_folder(data: Path) -> Iterator[Path]:
    """Give an empty folder on the data folder's own file system; what a killed run left goes."""
    folder = data / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(temporary: Path, target: Path, *, mode: int = FILE_MODE) -> None:
    """Move a finished file to where readers see it, after its bytes have reached the disk."""
    sync_file(temporary)
    move_synced(temporary, target, mode=mode)
    sync_folder(target.parent)


def write_in_place(target: Path, content: bytes, *, mode: int = FILE_MODE) -> None:
    """Write a small file so that readers see the old one or the new one, needing no lock."""
    make_folder(target.parent)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        put_in_place(Path(temporary), target, mode=mode)
    finally:
        Path(temporary).unlink(missing_ok=True)


def move_synced(temporary: Path, target: Path, *, mode: int = FILE_MODE) -> None:
    """Move a file whose bytes have reached the disk; who calls syncs the folder, once for many."""
    temporary.chmod(mode)
    make_folder(target.parent)
    temporary.replace(target)


def move_all_synced(moves: Iterable[tuple[Path, Path]]) -> None:
    """Move files whose bytes have reached the disk, and wait once for all their new names."""
    changed: set[Path] = set()
    for temporary, target in moves:
        temporary.chmod(FILE_MODE)
        changed.update(_make_folder(target.parent), [target.parent])
        temporary.replace(target)
    for folder in sorted(changed):
        sync_folder(folder)


def remove_synced(path: Path) -> None:
    """Remove a file, if it is there, and wait until its name is gone from the disk."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name that outlives the first."""
    make_folder(target.parent)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(FILE_MODE)
    sync_folder(target.parent)


def append_durably(path: Path, line: bytes) -> None:
    """Add one line to a file, all of it or none, and wait until it has reached the disk."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
    try:
        size = os.fstat(descriptor).st_size
        if os.write(descriptor, line) < len(line):
            os.ftruncate(descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def cut_durably(path: Path, *, size_bytes: int) -> None:
    """Shorten a file and wait until that has reached the disk."""
    with path.open("r+b") as stream:
        stream.truncate(size_bytes)
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_file(path: Path) -> str:
    """Hash all bytes of a file, and return the hash as lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
