"""Readers that ask while releases are published see one release at a time, and no error."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.readers.environments import clean_environment, program_command
from tests.readers.published import Serve

PUBLISHES = 6
ANSWERS_WITHIN_S = 60
FULL, MASKED = 0, 1
Answer = list[int]


@pytest.fixture(params=["plain", "sqlalchemy"], scope="module")
def answers(
    serve: Serve, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[Answer]:
    """All that a reader was told while release after release was published."""
    told = tmp_path_factory.mktemp("told") / "answers"
    with polling(serve, request.param, told=told) as reader:
        wait_for_an_answer(told)
        for _ in range(PUBLISHES):
            serve.publish()
        _, errors = reader.communicate(timeout=60)
    assert (reader.returncode, errors) == (0, b"")
    return [json.loads(line) for line in told.read_text().splitlines()]


@contextmanager
def polling(serve: Serve, how: str, *, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a reader, whose answers go to a file; closing its standard input ends it."""
    command = program_command("poll", how, serve.full, serve.masked, environment="notebook")
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


def wait_for_an_answer(told: Path) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while not told.stat().st_size:
        assert time.monotonic() < deadline, "the reader has given no answer"
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
