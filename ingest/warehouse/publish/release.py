"""Publish the tested warehouse as a release that readers open, or return to an earlier release."""

import hashlib
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.errors import PublishError
from ingest.store.durable import FILE_MODE, scratch_folder
from ingest.store.lock import run_lock
from ingest.warehouse.database import DUCKDB_VERSION, Database
from ingest.warehouse.dbt import BUILD_COMMAND
from ingest.warehouse.models.catalogue import Catalogue, read_catalogue
from ingest.warehouse.publish import mask, release_database
from ingest.warehouse.publish.from_warehouse import Built, look_at_built, open_built
from ingest.warehouse.publish.outcome import Outcome, Published, published_now
from ingest.warehouse.publish.release_database import (
    Label,
    write_database,
)
from ingest.warehouse.publish.releases_on_disk import DATABASES, Releases, write_facts
from ingest.warehouse.publish.serving import Serving

PASSING: Final = 0o011
MARK: Final = "finished"
"""The table in which dbt notes a complete build (`note_finished`)."""


def publish(data: Path, *, serving: Serving) -> Published:
    """Publish the warehouse, unless the newest release is of the same build.

    Raises:
        LockError: an ingest or a build is at work in the data folder.
        WarehouseError: it is not finished and tested, or cannot be read.
    """
    with run_lock(data, run_id=_run_id("publish")):
        return publish_locked(data, serving=serving, is_asked=True)


def roll_back(data: Path, *, serving: Serving | None = None) -> Published:
    """Let readers see the newest earlier release that was not gone back from itself.

    Raises:
        PublishError: there is none.
    """
    with run_lock(data, run_id=_run_id("rollback")):
        releases = Releases(data / "serve")
        current = releases.current()
        earlier = [
            number
            for number in releases.numbers()
            if current is not None and number < current and not releases.is_withdrawn(number)
        ]
        if current is None or not earlier:
            raise PublishError(
                f"{releases.serve}: expected a release before the current one, found "
                f"{releases.numbers() or 'none'}; MX_KEEP_RELEASES says how many are kept"
            )
        published = published_now(releases, Outcome.ROLLED_BACK, earlier[-1], previous=current)
        releases.withdraw(current)
        releases.show(earlier[-1])
        return _mirrored(data, published, serving=serving)


def publish_locked(data: Path, *, serving: Serving, is_asked: bool) -> Published:
    """Publish in a data folder that the caller holds.

    Args:
        is_asked: whether somebody called `ingest publish`, which returns to a rolled-back release.
    """
    warehouse = data / "warehouse.duckdb"
    with (
        scratch_folder(data) as scratch,
        open_built(warehouse, scratch=scratch, memory_bytes=serving.memory_bytes) as built,
    ):
        releases = Releases(data / "serve")
        published = _publish_built(releases, built, serving=serving, is_asked=is_asked)
    return _mirrored(data, published, serving=serving)


def publish_open(data: Path, database: Database, *, serving: Serving) -> Published:
    """Publish a build from the process that has built it, by a connection of its own."""
    with scratch_folder(data) as scratch:
        built = look_at_built(database, scratch=scratch)
        releases = Releases(data / "serve")
        published = _publish_built(releases, built, serving=serving, is_asked=False)
    return _mirrored(data, published, serving=serving)


def _mirrored(data: Path, published: Published, *, serving: Serving | None) -> Published:
    """Let PostgreSQL show what readers of files see, if there is one."""
    if serving is None or serving.target is None:
        return published
    from ingest.warehouse.publish.postgres.mirror import mirror_release  # psycopg takes 0.1 s

    mirrored = mirror_release(data, serving.target, memory_bytes=serving.memory_bytes)
    return replace(published, mirrored=mirrored)


def _publish_built(
    releases: Releases, built: Built, *, serving: Serving, is_asked: bool
) -> Published:
    """Show a release of this warehouse: a new one, unless the newest is of the same."""
    build, built_at = _finished(built)
    releases.clear_up()
    _open_way(releases.serve.parent)
    catalogue = read_catalogue()
    recipe = _recipe(build, catalogue, serving)
    newest, previous = releases.newest(), releases.current()
    if newest and releases.facts(newest).get("recipe") == recipe:
        return _show_newest(releases, newest, is_asked=is_asked)
    label = Label(release=(newest or 0) + 1, build=build, built_at=built_at)
    with releases.making(label.release) as folder:
        write_facts(folder, {"recipe": recipe} | _write(folder, label, built, catalogue, serving))
    releases.show(label.release)
    releases.prune(keep=serving.keep)
    return published_now(releases, Outcome.PUBLISHED, label.release, previous=previous)


def _finished(built: Built) -> tuple[str, datetime]:
    """Read which build was the last, if it was complete."""
    query = "select count(*) from duckdb_tables() where schema_name = 'ops' and table_name = ?"
    database = built.database
    is_marked = database.execute(query, [MARK]).fetchall() == [(1,)]
    columns = "build, finished_at"
    marks = database.execute(f"select {columns} from ops.{MARK}").fetchall() if is_marked else []
    if len(marks) != 1:
        raise PublishError(
            "warehouse.duckdb: expected the last build to be complete and without a failure, found "
            f"none such; make it with: {BUILD_COMMAND}"
        )
    build, at = marks[0]
    return build, at


def _recipe(build: str, catalogue: Catalogue, serving: Serving) -> str:
    """Hash all that a release is made from; the mask's key by a signature."""
    signature = serving.mask.sign("mx-ingest release") if serving.mask else ""
    modes = f"{serving.mode} {serving.masked_mode}"
    parts = [build, repr(catalogue), DUCKDB_VERSION, *_programs(), modes, signature]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _programs() -> list[str]:
    """Read the modules that write a release: when the mask is corrected, a new release is made."""
    return [Path(str(module.__file__)).read_text() for module in (mask, release_database)]


def _write(
    folder: Path, label: Label, built: Built, catalogue: Catalogue, serving: Serving
) -> dict[str, Any]:
    """Write a release's databases, and return the facts of it."""
    full, hashed = (folder / name for name in DATABASES)
    written = write_database(full, built=built, catalogue=catalogue, label=label)
    full.chmod(serving.mode)
    facts = {"tables": written.tables, "is_masked": False, "macros_left_out": []}
    if serving.mask is None:
        return facts
    with built.reading_from(full) as published:
        masked = write_database(
            hashed, built=published, catalogue=catalogue, label=label, mask=serving.mask
        )
    hashed.chmod(serving.masked_mode)
    return facts | {"is_masked": True, "macros_left_out": masked.macros_left_out}


def _show_newest(releases: Releases, newest: int, *, is_asked: bool) -> Published:
    """Show the newest release where a rollback or a killed publish left an older one."""
    current = releases.current()
    if newest == current:
        return published_now(releases, Outcome.UNCHANGED, newest)
    if current and releases.is_withdrawn(newest) and not is_asked:
        return published_now(releases, Outcome.HELD, current)
    releases.show(newest)
    return published_now(releases, Outcome.SHOWN_AGAIN, newest, previous=current)


def _open_way(data: Path) -> None:
    """Let readers pass through the data folder; only `serve` in it is open to them."""
    (data / "warehouse.duckdb").chmod(FILE_MODE)
    data.chmod(stat.S_IMODE(data.stat().st_mode) | PASSING)


def _run_id(what: str) -> str:
    return f"{datetime.now(tz=UTC):%Y%m%dT%H%M%SZ}-{what}"
