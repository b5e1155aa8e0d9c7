"""A way to a server on this machine that takes as long as one to a server far away."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK_BYTES = 1 << 18


@contextmanager
def far_away(port: int, *, delay_s: float) -> Iterator[int]:
    """Give a port of loopback that leads to another one, each byte so much later, each way."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        started = asyncio.run_coroutine_threadsafe(_serve(port, delay_s=delay_s), loop)
        yield started.result()
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _serve(port: int, *, delay_s: float) -> int:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(
                _carry(reader, there[1], delay_s=delay_s), _carry(there[0], writer, delay_s=delay_s)
            )

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    found: int = server.sockets[0].getsockname()[1]
    return found


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, delay_s: float
) -> None:
    """Carry bytes one way; many are on the way at once."""
    loop = asyncio.get_running_loop()
    while chunk := await reader.read(CHUNK_BYTES):
        loop.call_later(delay_s, writer.write, chunk)
    loop.call_later(delay_s, writer.close)


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
