"""No program leaves a core file, or passes its secrets on to its children."""

import ast
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from ingest.settings import SECRETS, Settings
from ingest.settings.isolation import child_environment, gpg_environment, worker_environment
from tests.support.receiver import PASSPHRASE
from tests.support.sender import Sender, avro_bytes, users

PACKAGE = Path(__file__).parents[2] / "ingest"
PROGRAMS = [path for path in sorted(PACKAGE.rglob("*.py")) if '"__main__"' in path.read_text()]
SECRET = "known to nobody else"
OTHERS = ("gpg", "gpg-agent", "dbt")
CORE_LIMIT = re.compile(r"^Max core file size +(\S+ +\S+)", re.MULTILINE)
FIRST = ("keep_private()", "leave_no_core()")
PATIENCE_S = 120


class Watched:
    """A program and all that it starts, as /proc shows them."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.children: dict[str, bytes] = {}
        """The environment of each kind of program that it has started."""
        self.core_limits: dict[str, str] = {}

    def until(self, kind: str) -> None:
        """Look until a program of this kind was there, or this one has ended."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            for pid in _descendants(self.process.pid):
                self._look(pid)
            if kind in self.children:
                return
            time.sleep(0.002)

    def _look(self, pid: int) -> None:
        folder = Path(f"/proc/{pid}")
        try:
            kind = _kind((folder / "cmdline").read_bytes().decode().split("\0"))
            environment = (folder / "environ").read_bytes()
            [limit] = CORE_LIMIT.findall((folder / "limits").read_text())
        except OSError:
            return
        if kind and environment:
            self.children[kind] = environment
            self.core_limits[kind] = " ".join(limit.split())


def _descendants(parent: int) -> Iterator[int]:
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found = path.read_text().split()
        except OSError:
            continue
        for pid in map(int, found):
            yield pid
            yield from _descendants(pid)


def _kind(words: list[str]) -> str | None:
    """Name a program: a module of ours, or any other; None of one that is only about to start."""
    if "-m" in words:
        module = words[words.index("-m") + 1]
        return module if module.endswith("process") else None
    return next((Path(word).name for word in words[:2] if Path(word).name in OTHERS), None)


def _allow_cores() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def _watching(*arguments: str, environment: dict[str, str]) -> Iterator[Watched]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment | {"PYTHONPATH": str(PACKAGE.parent)},
        process_group=0,
        preexec_fn=_allow_cores,
    )
    try:
        yield Watched(process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _with_secrets(settings: dict[str, str], folder: Path) -> dict[str, str]:
    """Give every secret that is not set yet, once as a value and once as a file."""
    file = folder / "secret"
    file.write_text(SECRET)
    names = [f"MX_{name.upper()}" for name in SECRETS]
    files = {f"{name}_FILE": str(file) for name in names}
    return dict.fromkeys(names, SECRET) | files | settings


def test_a_run_keeps_its_secrets_and_leaves_no_core(
    sender: Sender, settings: dict[str, str], tmp_path: Path
) -> None:
    for resource_name in ("users", "tags", "goals", "members", "accounts"):
        sender.send(avro_bytes(users("U1")), resource=resource_name, record_count=1)
    large = avro_bytes(users(os.urandom(3 << 20).hex()), codec="null")
    sender.send(large, resource="budgets", record_count=1)
    sender.send_manifest()

    with _watching("ingest", "run", environment=_with_secrets(settings, tmp_path)) as watched:
        watched.until("no such program")

    assert watched.process.returncode == 0
    assert {
        "ingest.openpgp.unlocked_process",
        "ingest.landing.convert_process",
        "gpg",
    } <= watched.children.keys()
    assert set(watched.core_limits.values()) == {"0 0"}
    for kind, found in watched.children.items():
        assert not [each for each in (SECRET, PASSPHRASE) if each.encode() in found], kind
    assert b"MX_" not in watched.children["gpg"]


@pytest.mark.parametrize("program", ["build", "verify", "docs"])
def test_dbt_gets_no_secret(program: str, tmp_path: Path) -> None:
    arguments = {
        "build": ["ingest", "build", "--no-publish", "--quiet"],
        "verify": ["ingest", "verify"],
        "docs": ["ingest", "docs"],
    }
    settings = {"PATH": os.environ["PATH"], "MX_DATA": str(tmp_path / "data")}
    for folder in ("landing", "ledger"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    if program == "docs":
        duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb")).close()
    environment = _with_secrets(settings, tmp_path)

    with _watching(*arguments[program], environment=environment) as watched:
        watched.until("dbt")

    assert SECRET.encode() not in watched.children["dbt"]
    assert b"MX_DATA=" in watched.children["dbt"]
    assert watched.core_limits["dbt"] == "0 0"


def test_every_secret_of_the_settings_is_kept_from_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = [name for name, field in Settings.model_fields.items() if _is_secret(field)]
    names = [f"MX_{name.upper()}{end}" for name in secret for end in ("", "_FILE")]
    for name in [*names, "mx_api_key", "MX_MEMORY"]:
        monkeypatch.setenv(name, "given")

    assert sorted(secret) == sorted(SECRETS)
    assert {"given"} == {child_environment()["MX_MEMORY"]}
    assert "given" not in {*gpg_environment().values()}
    assert [name for name, value in child_environment().items() if value == "given"] == [
        "MX_MEMORY"
    ]


def test_what_reads_delivered_files_has_no_secret_of_object_storage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "MX_API_KEY", "MX_MEMORY"):
        monkeypatch.setenv(name, "given")

    given = [name for name, value in worker_environment().items() if value == "given"]

    assert given == ["MX_MEMORY"]


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in get_args(field.annotation)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_each_program_first_sees_that_it_leaves_no_core(path: Path) -> None:
    starts = [node for node in ast.parse(path.read_text()).body if _is_start(node)]
    assert isinstance(starts[0], ast.FunctionDef | ast.If)
    first = next(node for node in starts[0].body if not _is_docstring(node))

    assert ast.unparse(first) in FIRST


def _is_start(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name == "main"
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
