"""Readers that ask while releases are published see one release at a time, and no error."""

import json
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.readers.environments import (
    JARS,
    PROGRAMS,
    clean_environment,
    node_command,
    program_command,
)
from tests.readers.published import Serve

HOW = ("plain", "sqlalchemy", "adbc", "ibis", "node", "java")
PUBLISHES = 6
ANSWERS_WITHIN_S = 60
FULL, MASKED = 0, 1
Answer = list[int]


@pytest.fixture(scope="module")
def told(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Answer]]:
    """Every answer that each reader got while release after release was published."""
    files = {how: tmp_path_factory.mktemp("told") / how for how in HOW}
    with ExitStack() as stack:
        readers = [stack.enter_context(polling(serve, how, told=files[how])) for how in HOW]
        wait_for_answers(files.values())
        for _ in range(PUBLISHES):
            serve.publish()
        ends = [(reader.communicate(timeout=60)[1], reader.returncode) for reader in readers]
    assert ends == [(b"", 0)] * len(HOW)
    return {
        how: [json.loads(line) for line in file.read_text().splitlines()]
        for how, file in files.items()
    }


@pytest.fixture(params=HOW)
def answers(told: dict[str, list[Answer]], request: pytest.FixtureRequest) -> list[Answer]:
    return told[request.param]


@contextmanager
def polling(serve: Serve, how: str, *, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a reader, whose answers go to a file; closing its standard input ends it."""
    paths = (serve.full, serve.masked)
    if how == "node":
        command = node_command((PROGRAMS / "poll.mjs").read_text(), *paths)
    elif how == "java":
        command = ["java", "-cp", f"{JARS}/*", str(PROGRAMS / "Poll.java"), *map(str, paths)]
    else:
        command = program_command("poll", how, *paths, environment="notebook")
    with (
        told.open("wb") as answers,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=answers,
            stderr=subprocess.PIPE,
            env=clean_environment(),
        ) as reader,
    ):
        yield reader


def wait_for_answers(files: Iterable[Path]) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while not all(file.stat().st_size for file in files):
        assert time.monotonic() < deadline, "a reader has given no answer"
        time.sleep(0.05)


def test_every_answer_is_of_one_release(answers: list[Answer]) -> None:
    mixed = [answer for answer in answers if len(set(answer[1:])) != 1]

    assert len(answers) > PUBLISHES
    assert mixed == []


def test_both_files_change_at_once(answers: list[Answer]) -> None:
    """A reader that asks one and then the other never goes back in time."""
    releases = [release for _, release, *_ in answers]
    backwards = [(before, after) for before, after in pairwise(releases) if after < before]

    assert {place for place, *_ in answers} == {FULL, MASKED}
    assert len(set(releases)) > 1
    assert backwards == []


def test_both_files_end_on_the_last_release(serve: Serve, answers: list[Answer]) -> None:
    last = {place: release for place, release, *_ in answers}

    assert last[FULL] == last[MASKED] == answers[0][1] + PUBLISHES
