"""The questions of docs/analysts.md, each answered in SQL and from what landed."""

import re
from pathlib import Path
from typing import Any

import pytest

from ingest.commands.demo_ending import ANSWER
from tests.dbt_project.conftest import Warehouse
from tests.marts.answers import ANSWERS
from tests.marts.feed import Feed

PAGE = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text()
QUESTIONS = re.findall(r"^### \d+\. (.+?)\n(.*?)```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)


def sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: [(value is not None, value) for value in row])


def test_there_are_ten_questions_each_with_an_answer() -> None:
    assert len(QUESTIONS) == len(ANSWERS) == 10


@pytest.mark.parametrize("number", range(10), ids=[question for question, *_ in QUESTIONS])
def test_the_sql_answers_what_the_landed_files_say(
    published: Warehouse, feed: Feed, number: int
) -> None:
    found = published.execute(QUESTIONS[number][2]).fetchall()

    assert found
    assert sorted_rows(found) == sorted_rows(ANSWERS[number](feed))


def test_the_demonstration_adds_no_currencies(published: Warehouse) -> None:
    [spent_most] = [sql for question, _, sql in QUESTIONS if question == "What is spent most on?"]

    answer = published.execute(ANSWER).fetchall()
    assert answer
    assert answer == published.execute(spent_most).fetchall()
