"""The plugin that dbt-duckdb loads, as `profiles.yml` says.

Before dbt connects, it takes the run lock and checks the ledger. The macro `ask_plugin` calls it
through dbt-duckdb's `adapter.store_relation`.
"""

import atexit
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError

from ingest.errors import IngestError, SettingsError
from ingest.landing.stored_files import landed_problem
from ingest.settings.isolation import keep_private, leave_no_core
from ingest.warehouse.build import completeness
from ingest.warehouse.build.guard import hold_until_exit, release
from ingest.warehouse.build.marks import describe_new_lines
from ingest.warehouse.build.project_hash import hash_basis, hash_macros, hash_project
from ingest.warehouse.database import Database, DatabaseError, first_line

atexit.register(release)
leave_no_core()


def _expect_same_data() -> None:
    """Refuse a data folder other than the settings': dbt knows only the environment, not `.env`.

    Raises:
        SettingsError: so it is, or the settings are malformed.
    """
    from ingest.settings import load_settings

    expected = load_settings().data.absolute()
    found = Path(os.environ.get("MX_DATA", "data")).absolute()
    if expected != found:
        raise SettingsError(
            f"MX_DATA: expected {expected}, as the settings say, found {found}; set the shell "
            'up for dbt with: eval "$(./just env)"'
        )


WRITING: Final = {"build", "run", "retry", "seed", "snapshot", "test"}
"""The commands that hold the run lock. The others read, or only look at the project."""


@cache
def _say_once(message: str) -> None:
    """Print a message once: dbt retries to connect, and would repeat it."""
    print(message, file=sys.stderr)  # noqa: T201 - dbt shows no message of its own


class Plugin(BasePlugin):
    """The checks before dbt connects, and the answers to `ask_plugin(action, argument)`."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        keep_private()
        self._data = Path(creds.path).parent
        self._new_lines: list[dict[str, Any]] | None = None
        flags: Any = get_flags()  # type: ignore[no-untyped-call]  # of dbt
        self._project = Path(flags.PROJECT_DIR)
        if flags.WHICH not in WRITING:
            return
        try:
            _expect_same_data()
            hold_until_exit(self._data, is_anew=bool(flags.FULL_REFRESH))
        except IngestError as error:
            _say_once(str(error))
            raise RuntimeError(str(error)) from error

    def configure_connection(self, conn: Database) -> None:
        self._connection = conn

    def store(self, target_config: TargetConfig) -> None:
        """Put the answer into the dictionary that a macro asks with.

        Raises:
            DbtRuntimeError: a foreseeable fault; dbt reports other errors as faults of the SQL.
        """
        asked = target_config.config
        try:
            asked["answer"] = self._answer(asked["action"], asked["argument"])
        except (IngestError, OSError, DatabaseError) as error:
            raise DbtRuntimeError(first_line(error)) from error

    def _answer(self, action: str, argument: Any) -> object:
        """Do what a macro asks for.

        Raises:
            ValueError: there is no such action.
        """
        match action:
            case "macros":
                return hash_macros(self._project)
            case "ledger":
                return self._find_new_lines(argument)
            case "ledger_read":
                return self._new_lines
            case "problems":
                return list(self._find_problems(argument))
            case "attempt":
                return self._attempt(argument)
            case "note":
                self._note(argument)
                return None
            case "finish":
                return self._finish()
        raise ValueError(f"expected an action that this plugin knows, found {action}")

    def _find_new_lines(self, known: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Tell which lines of the ledger are new, and remember it.

        Args:
            known: the marks of the files that were read before.
        """
        marks = {each["file"]: each["mark"] for each in known}
        copies = self._data / "dbt" / "ledger"
        atexit.register(shutil.rmtree, copies, ignore_errors=True)
        self._new_lines = list(describe_new_lines(self._data, marks, copies=copies))
        return self._new_lines

    @cached_property
    def _basis(self) -> str:
        return hash_basis(self._project)

    def _find_problems(self, landed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Read landed files completely, and name the problem of each one that is not sound.

        Args:
            landed: their `path` and the `parquet_sha256` that the ledger has of them, or None.
        """
        for file in landed:
            path = self._data / file["path"]
            if problem := landed_problem(path, sha256=file["parquet_sha256"]):
                yield file | {"problem": problem}

    def _attempt(self, statements: list[str]) -> str:
        """Run statements in a transaction of their own, and say what went wrong."""
        with self._connection.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'")
            cursor.execute("begin")
            try:
                for statement in statements:
                    cursor.execute(statement)
                cursor.execute("commit")
            except DatabaseError as error:
                cursor.execute("rollback")
                return first_line(error)
        return ""

    def _note(self, reported: dict[str, Any]) -> None:
        self._run = completeness.read_run(reported)
        with self._connection.cursor() as cursor:
            completeness.note_passed(cursor, self._run, basis=self._basis)

    def _finish(self) -> str:
        """Publish a complete build and report the outcome; report what an incomplete one lacks."""
        with self._connection.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'")
            lines = completeness.list_unreadable_files(cursor)
            missing = completeness.missing_nodes(cursor, self._run, basis=self._basis)
            if missing:
                names = f"{len(missing)} models and tests have failed or were left out"
                example = missing[0].split(".")[2]
                lines.append(
                    f"not published: {names}, {example} among them; readers keep the release before"
                )
            else:
                completeness.note_finished(cursor, self._run, sources=hash_project(self._project))
                lines += self._publish(cursor)
        return "\n".join(lines)

    def _publish(self, cursor: Database) -> list[str]:
        from ingest.settings import load_settings
        from ingest.warehouse.publish.release import publish_open
        from ingest.warehouse.publish.serving import read_serving

        if os.environ.get("MX_PUBLISH") == "false":  # `just build` does it itself
            return []
        try:
            serving = read_serving(load_settings())
            return publish_open(self._data, cursor, serving=serving).text().splitlines()
        except IngestError as error:
            _say_once(str(error))
            raise
