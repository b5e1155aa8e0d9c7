"""docs/readers.md is true: its examples run as written, and readers see what it says they see."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.readers.environments import (
    clean_environment,
    environment_folder,
    java_command,
    node_command,
    program_command,
)
from tests.readers.published import Serve

GUIDE = (Path(__file__).parents[2] / "docs" / "readers.md").read_text()
BIN = environment_folder("notebook") / "bin"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", GUIDE, re.DOTALL)


def run(command: list[str], serve: Serve) -> str:
    done = call(command, serve)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def call(command: list[str], serve: Serve) -> subprocess.CompletedProcess[str]:
    """Run an example beside the data folder, with only what the guide says to install."""
    environment = clean_environment() | {"PATH": f"{BIN}:/usr/bin:/bin"}
    return subprocess.run(
        command,
        cwd=serve.data.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("block", blocks("sh"))
def test_an_example_for_the_shell_shows_the_release(serve: Serve, block: str) -> None:
    assert f" {serve.release} " in run(["sh", "-c", block], serve)


@pytest.mark.parametrize("block", blocks("python"))
def test_an_example_in_python_shows_the_release(serve: Serve, block: str) -> None:
    assert run(["python", "-W", "error", "-c", block], serve) == f"{serve.release}\n"


def test_the_example_in_node_shows_the_release(serve: Serve) -> None:
    [block] = blocks("js")

    assert run(node_command(block), serve) == f"{serve.release}\n"


def test_the_example_in_java_shows_the_release(serve: Serve, tmp_path: Path) -> None:
    [block] = blocks("java")

    assert run(java_command(tmp_path, block), serve) == f"{serve.release}\n"


OTHER_FILE = "select max(column0) as release from read_csv('/etc/passwd')"


@pytest.mark.parametrize("place", [2, 3], ids=["ibis", "adbc"])
def test_python_with_the_fence_reads_no_other_file(serve: Serve, place: int) -> None:
    ask = 'connection.table("release", database="ops")'
    block = blocks("python")[place].replace("select release from ops.release", OTHER_FILE)
    block = block.replace(ask, f'connection.sql("{OTHER_FILE}")')

    done = call(["python", "-c", block], serve)

    assert OTHER_FILE in block
    assert (done.returncode, "disabled by configuration" in done.stderr) == (1, True)


def test_node_and_java_with_the_fence_read_no_other_file(serve: Serve, tmp_path: Path) -> None:
    js, java = (
        blocks(language)[0].replace("'select release from ops.release'", f'"{OTHER_FILE}"')
        for language in ("js", "java")
    )
    java = java.replace("select release from ops.release", OTHER_FILE)

    for command in (node_command(js), java_command(tmp_path, java)):
        done = call(command, serve)
        assert (done.returncode, "disabled by configuration" in done.stderr) == (1, True)


def test_a_shell_with_the_fence_reads_no_other_file(serve: Serve) -> None:
    command = blocks("sh")[1].replace("from ops.release", "from read_csv('/etc/passwd')")

    done = call(["sh", "-c", command], serve)

    assert done.returncode == 1
    assert "disabled by configuration" in done.stderr


def test_a_shell_that_opens_the_file_again_goes_to_the_newest_release(serve: Serve) -> None:
    [reopen] = re.findall(r"`(\.open [^`]+)`", GUIDE)
    shell = [str(BIN / "duckdb"), "-readonly", "-csv", "-noheader", "data/serve/warehouse.duckdb"]
    with subprocess.Popen(
        shell, cwd=serve.data.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as opened:
        assert opened.stdin is not None
        assert opened.stdout is not None
        ask = "select release from ops.release;\n"
        print(ask, file=opened.stdin, flush=True)
        first = int(opened.stdout.readline())
        new = serve.publish()
        rest, _ = opened.communicate(f"{ask}{reopen}\n{ask}")

    assert [first, *map(int, rest.split())] == [new - 1, new - 1, new]


@pytest.mark.parametrize("how", ["plain", "sqlalchemy"])
def test_who_stays_connected_keeps_the_release_and_who_connects_anew_sees_the_next(
    serve: Serve, how: str
) -> None:
    old = serve.release
    with subprocess.Popen(
        program_command("stay", how, serve.full, environment="notebook"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        print(file=reader.stdin, flush=True)
        before = json.loads(reader.stdout.readline())
        new = serve.publish()
        after = json.loads(reader.communicate("\n")[0])

    assert (before, after) == ([old, old], [old, new])
