"""The faults of a Reporting API that a test plans, and the requests that it received."""

import math
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sample.serve.answers import Answer, Request
from sample.serve.https_server import Answering

ALL = r""
LIST = r"^/download/[^/]+$"
FILE = r"^/download/[^/]+/"

ChangeTls = Callable[[ssl.SSLContext], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A change to a request before it is answered, and to its answer."""

    before: Callable[[Request], Request] = lambda request: request
    after: Callable[[Answer], Answer] = lambda answer: answer


@dataclass(slots=True)
class Planned:
    fault: Fault
    path: re.Pattern[str]
    times: float


@dataclass(slots=True)
class Faults:
    """Goes to `serve_reporting_api`; without a plan it only keeps the requests."""

    tls: ChangeTls = lambda _: None
    requests: list[Request] = field(default_factory=list)
    """In the order in which they came, each without its key."""
    _plans: list[Planned] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, *faults: Fault, on: str = FILE, times: float = 1) -> None:
        """Let the next requests of a path (a pattern) meet these faults, each so many times."""
        self._plans += [Planned(fault, re.compile(on), times) for fault in faults]

    def plan_always(self, fault: Fault, *, on: str = FILE) -> None:
        self.plan(fault, on=on, times=math.inf)

    def repair(self) -> None:
        """Drop the planned faults that have not happened yet."""
        with self._turn:
            self._plans.clear()

    def asked(self, pattern: str = ALL) -> list[Request]:
        """Give the requests of a path (a pattern)."""
        return [request for request in self.requests if re.search(pattern, request.path)]

    def change_tls(self, context: ssl.SSLContext) -> None:
        self.tls(context)

    def around(self, answering: Answering) -> Answering:
        @contextmanager
        def answer_badly(request: Request) -> Iterator[Answer]:
            fault = self._next(request)
            with answering(fault.before(request)) as answer:
                yield fault.after(answer)

        return answer_badly

    def _next(self, request: Request) -> Fault:
        with self._turn:
            self.requests.append(replace(request, api_key=None))
            for planned in self._plans:
                if planned.times >= 1 and planned.path.search(request.path):
                    planned.times -= 1
                    return planned.fault
        return Fault()
