"""Work runs ahead of its consumer within a limit, and lost processes are not asked again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.concurrency import Worker, WorkerLost, WorkerPool, map_ahead, read_ahead


def test_results_come_in_order_and_a_limited_number_ahead() -> None:
    started: list[int] = []

    def double(number: int) -> int:
        started.append(number)
        return 2 * number

    with ThreadPoolExecutor(max_workers=2) as executor:
        results = map_ahead(double, range(100), executor=executor, ahead=3)
        assert [next(results), next(results)] == [0, 2]
        executor.submit(lambda: None).result()
        assert max(started) <= 5
        assert list(results) == [2 * number for number in range(2, 100)]


def test_an_error_reaches_the_consumer_and_cancels_the_rest() -> None:
    with ThreadPoolExecutor(max_workers=1) as executor:
        results = map_ahead(lambda number: 1 // number, [1, 0, 1], executor=executor, ahead=1)
        with pytest.raises(ZeroDivisionError):
            list(results)


def test_a_closed_reader_takes_no_more_items() -> None:
    taken: list[int] = []
    is_taken = threading.Event()

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            is_taken.set()
            yield number

    reader = read_ahead(items(), ahead=2)
    assert next(reader) == 0
    reader.close()

    assert is_taken.is_set()
    assert len(taken) <= 5
    assert list(read_ahead(iter("abc"), ahead=2)) == ["a", "b", "c"]


def test_a_process_is_lent_again_and_a_lost_one_is_not() -> None:
    """The program ends at once, as `serve` needs a request that it understands."""
    pool = WorkerPool(lambda: Worker("ingest.openpgp.unlocked_process", secrets=b"not JSON"))
    pool.warm()
    [first] = pool.process_ids
    with pool.lend():
        assert pool.process_ids == []
    assert pool.process_ids == [first]

    with pytest.raises(WorkerLost), pool.lend() as worker:
        worker.process.wait()
        worker.ask([], [])
        worker.answer()

    assert pool.process_ids == []
    pool.close()
