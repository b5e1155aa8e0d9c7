"""`ingest sample --serve` as a program: its lines are all that a receiver needs."""

import json
import os
import shlex
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support.receiver import PASSPHRASE, Receiver

WORLD = ("sample", "--to", "de liveries", "--users=2", "--days=1")
ENDS_WITHIN_S = 60


@pytest.fixture
def environment(tmp_path: Path, receiver_key: Receiver) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MX_GNUPGHOME": str(receiver_key.home),
        "MX_GPG_PASSPHRASE": PASSPHRASE,
    }


@contextmanager
def serving(*options: str, cwd: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ingest", *WORLD, "--serve", *options]
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def stop(program: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    program.send_signal(number)
    _, stderr = program.communicate(timeout=ENDS_WITHIN_S)
    return program.returncode, stderr


def settings_of(program: subprocess.Popen[str]) -> tuple[list[str], dict[str, str]]:
    """Read what is printed before it serves: the sources, and the other settings."""
    assert program.stdout is not None
    sources, settings = [], {}
    for line in iter(program.stdout.readline, ""):
        if line.startswith("# ") and "until Ctrl-C" in line:
            break
        for setting in shlex.split(line, comments=True):
            name, _, value = setting.partition("=")
            settings[name] = value
            sources += [value] if name == "MX_SOURCE" else []
    return sources, settings


def list_files(address: str, *, key_file: str, ca: str) -> list[dict[str, Any]]:
    headers = {
        "MD-API-KEY": Path(key_file).read_text().strip(),
        "Accept": "application/vnd.mx.logs.v1+json",
    }
    request = Request(address, headers=headers)  # noqa: S310 - an https address of this machine
    context = ssl.create_default_context(cafile=ca)
    with urlopen(request, context=context, timeout=ENDS_WITHIN_S) as answer:  # noqa: S310 - ours
        files: list[dict[str, Any]] = json.load(answer)["daily_snapshot_files"]
        return files


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_printed_is_what_a_receiver_needs(
    tmp_path: Path, environment: dict[str, str], number: int
) -> None:
    with serving("--clients=2", cwd=tmp_path, env=environment) as program:
        sources, settings = settings_of(program)
        key_file, ca = settings["MX_API_KEY_FILE"], settings["MX_HTTPS_CA"]
        listed = [list_files(source, key_file=key_file, ca=ca) for source in sources]
        code, stderr = stop(program, number)

    assert [len(files) for files in listed] == [66, 66]
    assert listed[0] != listed[1]
    assert set(settings) == {"MX_SOURCE", "MX_API_KEY_FILE", "MX_HTTPS_CA"}
    assert stat.S_IMODE(Path(key_file).stat().st_mode) == 0o600
    assert Path(key_file).parent == tmp_path / "de liveries-api"
    assert (code, stderr) == (0, "")


def test_a_program_gets_json_and_the_key_can_be_ones_own(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    env = environment | {"MX_API_KEY": "of my own"}
    with serving("--json", "--bodies=plain", cwd=tmp_path, env=env) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        facts = json.loads(line)
        [source] = facts["sources"]
        listed = list_files(source, key_file=facts["api_key_file"], ca=facts["ca"])
        code, stderr = stop(program)

    assert len(listed) == facts["files"] == facts["files_listed"] == 66
    assert Path(facts["api_key_file"]).read_text().strip() == "of my own"
    assert "of my own" not in line
    assert (code, stderr) == (0, "")


def test_what_cannot_be_served_is_one_line_and_2(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(f"--port={port}", cwd=tmp_path, env=environment) as program:
            _, on_port = program.communicate(timeout=ENDS_WITHIN_S)
            assert program.returncode == 2
    with serving("--to=sftp://mx@localhost:2222/", cwd=tmp_path, env=environment) as program:
        _, on_sftp = program.communicate(timeout=ENDS_WITHIN_S)
        assert program.returncode == 2

    assert (len(on_port.splitlines()), f"--port {port}" in on_port) == (1, True)
    assert (len(on_sftp.splitlines()), "expected --to to be a folder" in on_sftp) == (1, True)
