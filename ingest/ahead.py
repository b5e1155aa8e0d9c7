"""Work done ahead of the one who asks for it, a bounded way."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import islice, repeat
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def map_ahead(
    function: Callable[[S], T], items: Iterable[S], *, executor: Executor, ahead: int
) -> Iterator[T]:
    """Yield what a function makes of each item, in their order.

    Args:
        ahead: how many items are taken, and worked on, before the first result has to be fetched.
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
    """Yield items that a thread of their own has taken ahead; closed, it takes no more."""

    def take(_: None) -> tuple[T, ...]:
        return tuple(islice(items, 1))

    with ThreadPoolExecutor(max_workers=1) as thread:
        for taken in map_ahead(take, repeat(None), executor=thread, ahead=ahead):
            if not taken:
                return
            yield from taken
