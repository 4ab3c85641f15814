"""A slow link between the browser and the app: everything the browser asks goes through it, its workers' questions too.

Chromium's own emulation leaves out what a service worker asks.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

RATE = 300_000  # bytes a second, each way, shared by all connections
LATENCY = 0.15  # seconds there and back; a new connection takes as long again
CHUNK = 4096  # bytes
CLOSE_AFTER = 0.001  # seconds after the last bytes


class Link:
    """Listens at `address`, which ends in a slash, once it has begun."""

    def __init__(self, to: str) -> None:
        self.address, self._to = "", urlsplit(to)
        self._free = {"up": 0.0, "down": 0.0}  # by direction, when all that was sent will be through
        self.used = time.monotonic()  # when something was last carried

    async def carry(self, begun: threading.Event, over: asyncio.Event) -> None:
        """Everything, until it is over."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        begun.set()
        await over.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        with suppress(OSError, asyncio.CancelledError):  # a side left, or all is over
            await asyncio.sleep(LATENCY)
            there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
            ends.append(back)
            await asyncio.gather(self._one_way("up", reader, back), self._one_way("down", there, writer))
        for end in ends:
            end.transport.abort()

    async def _one_way(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        arrives = loop.time()
        while data := await reader.read(CHUNK):
            self.used = time.monotonic()
            through = self._free[way] = max(self._free[way], loop.time()) + len(data) / RATE
            arrives = through + LATENCY / 2
            loop.call_at(arrives, writer.write, data)
            await asyncio.sleep(through - loop.time())
        await asyncio.sleep(arrives - loop.time() + CLOSE_AFTER)
        writer.close()


@contextmanager
def slow_link(to: str) -> Iterator[Link]:
    """A link to the app at this address, in a thread of its own."""
    link, begun, over = Link(to), threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        await link.carry(begun, over)

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    begun.wait()
    try:
        yield link
    finally:
        loops[0].call_soon_threadsafe(over.set)
        thread.join()
