"""Run a function in threads ahead of its consumer, or in processes asked over a socket."""

import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice, repeat
from typing import Any, Final, TypeVar

from ingest.settings.isolation import leave_no_core, worker_environment

MAX_REQUEST_BYTES: Final = 1 << 16
MAX_DESCRIPTORS: Final = 2
S = TypeVar("S")
T = TypeVar("T")


def map_ahead(
    function: Callable[[S], T], items: Iterable[S], *, executor: Executor, ahead: int
) -> Iterator[T]:
    """Run a function over items in threads, and yield the results in order.

    Args:
        ahead: the number of items that are started before the first result is fetched.
    """
    pending: deque[Future[T]] = deque()
    try:
        for item in items:
            pending.append(executor.submit(function, item))
            if len(pending) > ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for each in pending:
            each.cancel()


def read_ahead(items: Iterator[T], *, ahead: int) -> Generator[T]:
    """Yield items that a background thread takes ahead, a limited number of them."""

    def take(_: None) -> tuple[T, ...]:
        return tuple(islice(items, 1))

    with ThreadPoolExecutor(max_workers=1) as thread:
        for taken in map_ahead(take, repeat(None), executor=thread, ahead=ahead):
            if not taken:
                return
            yield from taken


class WorkerLost(Exception):  # noqa: N818 - names the state of the worker
    """The process ended instead of answering."""


class Worker:
    """A process that answers requests, seen from the process that asks."""

    def __init__(self, module: str, *arguments: str, secrets: bytes = b"") -> None:
        """Start `module` as a program.

        Args:
            secrets: the bytes that it reads from its standard input before the first request.
        """
        self._channel, theirs = socket.socketpair()
        self._answers = self._channel.makefile("rb")
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - own command, this very Python
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=worker_environment(),
                pass_fds=[theirs.fileno()],
            )
        assert self.process.stdin  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(secrets)

    def ask(self, request: Any, descriptors: Sequence[int]) -> None:
        """Send a request, which may be any JSON value, and open files with it.

        Raises:
            WorkerLost: the process has ended.
        """
        try:
            socket.send_fds(self._channel, [json.dumps(request).encode()], descriptors)
        except OSError as error:
            raise WorkerLost from error

    def answer(self) -> Any:
        """Wait for the answer to the request.

        Raises:
            WorkerLost: the process ended without an answer.
        """
        try:
            return json.loads(self._answers.readline())
        except (OSError, ValueError) as error:
            raise WorkerLost from error

    def close(self) -> None:
        """Let the process end, and wait for that."""
        self._answers.close()
        self._channel.close()
        self.process.wait()

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.close()


class WorkerPool:
    """Processes of one kind, one for each request at a time; a lost one is not asked again."""

    def __init__(self, start: Callable[[], Worker]) -> None:
        self._start = start
        self._idle: deque[Worker] = deque()

    @property
    def process_ids(self) -> list[int]:
        """The IDs of the idle processes."""
        return [worker.process.pid for worker in self._idle]

    @contextmanager
    def lend(self) -> Iterator[Worker]:
        """Lend a process; an error in the block ends it."""
        worker = self._idle.pop() if self._idle else self._start()
        with ExitStack() as unless_all_is_well:
            unless_all_is_well.callback(worker.kill)
            yield worker
            unless_all_is_well.pop_all()
        self._idle.append(worker)

    def close(self) -> None:
        """End all idle processes at once; they have nothing left to write."""
        while self._idle:
            self._idle.pop().kill()

    def warm(self) -> None:
        """Start a process if none is idle, so that the next request need not wait."""
        if not self._idle:
            self._idle.append(self._start())


def serve(answer: Callable[[Any, list[int]], Any]) -> None:
    """Answer requests until the asking process closes the socket; `sys.argv[1]` names it.

    Plaintext and secrets pass through this process, so it leaves no core file.
    """
    leave_no_core()
    channel = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, descriptors, _, _ = socket.recv_fds(channel, MAX_REQUEST_BYTES, MAX_DESCRIPTORS)
        if not request:
            return
        try:
            answered = answer(json.loads(request), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        channel.sendall(json.dumps(answered).encode() + b"\n")
