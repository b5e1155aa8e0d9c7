"""A person's browser: Debian's Chromium, driven from Superset's environment, which has Selenium."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.readers.environments import SUPERSET, clean_environment, program_command


@dataclass(frozen=True, slots=True)
class Browser:
    program: subprocess.Popen[str]

    def read_table(self) -> list[list[str]]:
        """Open the page once more, and give the table that it shows."""
        self.send("")
        assert self.program.stdout is not None
        line = self.program.stdout.readline()
        assert line, "the browser ended"
        rows: Any = json.loads(line)
        return list(rows)

    def send(self, line: str) -> None:
        assert self.program.stdin is not None
        print(line, file=self.program.stdin, flush=True)


@contextmanager
def browser(url: str, *, page: str, user: str, password: str) -> Iterator[Browser]:
    """Log in, and keep the browser until the block ends."""
    command = program_command("chart", url, page, user, environment=SUPERSET)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment()
    ) as program:
        opened = Browser(program)
        opened.send(password)
        yield opened
        # leaving the block closes its standard input, upon which it ends
