"""A Superset on the loopback interface, as its makers say to run it: gunicorn with two workers."""

import json
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.readers.environments import SUPERSET, clean_environment, environment_folder
from tests.support.sshd import free_port

APP: Final = "superset.app:create_app()"
ADMIN: Final = "admin"
STARTS_WITHIN_S: Final = 90
CONFIG: Final = """\
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
SQLLAB_TIMEOUT = 60
# nobody but a test ever sees this server, and a program has no form to take a token from
WTF_CSRF_ENABLED = False
"""


class RefusedError(Exception):
    """Superset refused a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Superset:
    url: str
    password: str
    """The administrator's."""
    token: str = ""

    def call(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the REST API and return its answer.

        Raises:
            RefusedError: with Superset's own words.
        """
        request = urllib.request.Request(  # noqa: S310 - own server
            f"{self.url}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310 - own server
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RefusedError(f"{error.code}: {error.read().decode()}") from error

    def connect(self, file: Path, *, extra: Any) -> int:
        """Add a published file as a database."""
        return self.add_database(file.stem, uri=f"duckdb:///{file}", extra=extra)

    def add_database(self, name: str, *, uri: str, extra: Any) -> int:
        body = {
            "database_name": name,
            "sqlalchemy_uri": uri,
            "expose_in_sqllab": True,
            "extra": json.dumps(extra),
        }
        return int(self.call("database/", body)["id"])

    def add_dataset(self, table: str, *, database: int) -> int:
        """Add a table, whose name Superset takes once in all databases."""
        body = {"database": database, "schema": "main", "table_name": table}
        return int(self.call("dataset/", body)["id"])

    def logged_in(self, user: str, *, password: str) -> "Superset":
        """Give the same server to a user."""
        body = {"username": user, "password": password, "provider": "db"}
        return replace(self, token=self.call("security/login", body)["access_token"])

    def query(self, sql: str, *, database: int) -> list[dict[str, Any]]:
        """Run a query in SQL Lab."""
        question = {"database_id": database, "sql": sql, "runAsync": False, "queryLimit": 1000}
        rows: list[dict[str, Any]] = self.call("sqllab/execute/", question)["data"]
        return rows


@contextmanager
def superset(folder: Path) -> Iterator[Superset]:
    """Set a Superset up, log in, and run it until the block ends."""
    password = secrets.token_urlsafe(16)
    config = folder / "superset_config.py"
    config.write_text(CONFIG.format(secret=secrets.token_urlsafe(42), folder=folder))
    environment = clean_environment(
        SUPERSET_CONFIG_PATH=str(config), SUPERSET_HOME=str(folder), FLASK_APP=APP, TZ="UTC"
    )
    for command in _set_up(password):
        _run(command, environment=environment)
    with _gunicorn(folder, environment=environment) as url:
        yield Superset(url=url, password=password).logged_in(ADMIN, password=password)


def _set_up(password: str) -> Iterator[list[str]]:
    yield ["superset", "db", "upgrade"]
    names = ["--firstname", "Ada", "--lastname", "Min", "--email", "admin@localhost"]
    yield ["superset", "fab", "create-admin", "--username", ADMIN, *names, "--password", password]
    yield ["superset", "init"]


def _run(command: list[str], *, environment: dict[str, str]) -> None:
    program = environment_folder(SUPERSET) / "bin" / command[0]
    done = subprocess.run(
        [str(program), *command[1:]], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _gunicorn(folder: Path, *, environment: dict[str, str]) -> Iterator[str]:
    address = f"127.0.0.1:{free_port()}"
    program = str(environment_folder(SUPERSET) / "bin" / "gunicorn")
    workers = ["-w", "2", "-k", "gthread", "--threads", "4", "--timeout", "120"]
    with (
        (folder / "gunicorn.log").open("w") as log,
        subprocess.Popen(
            [program, *workers, "-b", address, APP], env=environment, stdout=log, stderr=log
        ) as server,
    ):
        try:
            _wait_for(f"http://{address}/health")
            yield f"http://{address}"
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=STARTS_WITHIN_S):  # noqa: S310 - own server
            return
        time.sleep(0.2)
    raise TimeoutError(f"{url}: expected within {STARTS_WITHIN_S} s, found no answer")
