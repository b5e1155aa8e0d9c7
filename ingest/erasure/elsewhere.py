"""Take erased rows out of all that was made from the landing: warehouse, releases, mirrors.

DuckDB keeps the bytes of deleted rows in its file. So the warehouse is built again into a new file,
and releases before it are removed.
"""

import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.erasure.outcome import Outcome
from ingest.errors import WarehouseError
from ingest.status.runs import new_run_id
from ingest.store.lock import run_lock
from ingest.warehouse.publish.releases_on_disk import Releases
from ingest.warehouse.publish.serving import Serving

if TYPE_CHECKING:
    from ingest.mirror.storage.bucket import Bucket

WAREHOUSE: Final = "warehouse.duckdb"
MADE: Final = ("dbt", "spark")
"""Folders of what builds have written besides; the next build makes them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where the rows of a data folder went."""

    data: Path
    serving: Serving
    bucket: "Bucket | None" = None
    only: str = ""
    """What the mirror leaves at home, as `mirror_data` takes it."""
    lake: str = ""
    """Where Spark's tables lie, if not in the data folder."""

    @property
    def _releases(self) -> Releases:
        return Releases(self.data / "serve")

    def preview(self, outcome: Outcome) -> None:
        """Note what would be built again and removed."""
        outcome.is_built = self._is_built()
        outcome.releases = self._releases.numbers()
        outcome.removed = [name for name in MADE if (self.data / name).exists()]

    def remove(self, outcome: Outcome, *, end: Callable[[], None] = lambda: None) -> None:
        """Build and publish again, remove what was before, and bring the mirrors up to date.

        Args:
            end: records that nothing is left.

        Raises:
            LockError: another command holds the data folder.
            WarehouseError, PublishError, MirrorError: something was refused; all can be repeated.
        """
        outcome.is_built = self._is_built()
        releases = self._releases.numbers()
        self._remove_made(outcome)
        if outcome.is_built:
            self._build()
            left = self._prune()
            outcome.releases = [each for each in releases if each not in left]
        self._rewrite_postgres(outcome)
        self._mirror()
        end()
        if self.bucket:
            self._mirror()  # the record of the end
            outcome.sent.append(f"{self.bucket.url} has everything")
        self._note_left(outcome)

    def _is_built(self) -> bool:
        return (self.data / WAREHOUSE).exists() or bool(self._releases.numbers())

    def _remove_made(self, outcome: Outcome) -> None:
        with run_lock(self.data, run_id=new_run_id()):
            for path in self.data.glob(f"{WAREHOUSE}*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            for name in MADE:
                if (self.data / name).exists():
                    shutil.rmtree(self.data / name)
                    outcome.removed.append(name)

    def _build(self) -> None:
        """Build all tables into a new file, and publish; dbt's own lines go to stderr."""
        from ingest.warehouse.build.dbt_build import QUIET, build_warehouse
        from ingest.warehouse.build.last_build import read_last_build

        with redirect_stdout(sys.stderr):
            code = build_warehouse(
                self.data,
                dbt_args=[QUIET],
                memory_bytes=self.serving.memory_bytes,
                serving=self.serving,
            )
        if code or read_last_build(self.data) is None:
            raise WarehouseError(
                f"{self.data / WAREHOUSE}: expected to build all tables anew, found that dbt "
                f"failed (exit code {code}); readers keep a release with the erased rows: correct "
                "it, and give the same command again, or: ingest erase --resume"
            )

    def _prune(self) -> list[int]:
        """Remove the releases before, and list what is left; a reader ends on its open file."""
        with run_lock(self.data, run_id=new_run_id()):
            self._releases.prune(keep=1)
        return self._releases.numbers()

    def _rewrite_postgres(self, outcome: Outcome) -> None:
        if self.serving.target is None or not outcome.is_built:
            return
        from ingest.warehouse.publish.postgres.mirror import rewrite_tables

        count, name = rewrite_tables(self.serving.target), self.serving.target.name
        outcome.sent.append(f"{name} shows the new release; all {count} tables are written anew")

    def _mirror(self) -> None:
        if self.bucket is None:
            return
        from ingest.mirror.send_all import mirror_data

        mirror_data(self.data, self.bucket, only=self.only)

    def _note_left(self, outcome: Outcome) -> None:
        """Say what only an operator can do."""
        if self.bucket:
            outcome.left.append(
                "to do: if the bucket keeps old versions of objects, delete them there"
            )
        if self.lake:
            outcome.left.append(
                f"to do: {self.lake} keeps snapshots with the erased rows: run just spark-build, "
                "then expire them there"
            )
        outcome.left.append("to do: backups and copies elsewhere; see docs/erasure.md")
