"""Who waits is answered in turn, client by client: many questions of one delay no other's by more than one each."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from starlette.types import Receive

Result = TypeVar("Result")


class Busy(Exception):
    """Too much is asked; `status` is 429 where this client asks too much, 503 where all together do."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Left(Exception):
    """Whoever asked is no longer there."""


class Turns:
    """A few places, for each client `places_each` at most. Up to `wait` may wait, of each client `wait_each`.

    How many are `taken` and are `waiting` may be asked from any thread; all else is the event loop's.
    """

    def __init__(self, places: int, wait: int, wait_each: int, places_each: int | None = None) -> None:
        self.places, self._wait, self._wait_each = places, wait, wait_each
        self._places_each = places if places_each is None else places_each
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._pool = ThreadPoolExecutor(places)
        self.taken = self.waiting = 0

    async def run(self, client: str, receive: Receive, work: Callable[..., Result], *given: Any) -> Result:
        """`work` in a thread of a place; raises Busy, or Left where the client went before its turn came."""
        async with self.turn(client, receive):
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    async def try_out(self) -> None:
        """Returns when a thread has done nothing at all: beside the turns, as threads there are as many as places."""
        await asyncio.get_running_loop().run_in_executor(self._pool, int)

    @asynccontextmanager
    async def turn(self, client: str, receive: Receive | None = None) -> AsyncIterator[None]:
        """A place for as long as the context lasts; raises Busy, or Left where `receive`, which must have given the
        whole body, says so before."""
        if self.taken < self.places and self._held[client] < self._places_each:
            self._take(client)
        else:
            await self._wait_for_one(client, receive)
        try:
            yield
        finally:
            self._leave(client)

    async def _wait_for_one(self, client: str, receive: Receive | None) -> None:
        if len(self._waiting.get(client, ())) >= self._wait_each:
            raise Busy(429)
        if self.waiting >= self._wait:
            raise Busy(503)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self.waiting += 1
        try:
            if receive is None:
                await turn
            elif not await comes_first(turn, gone(receive)):
                raise Left
        except BaseException:
            self._forget(client, turn)
            raise

    def _forget(self, client: str, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():  # its turn came in the same moment
            self._leave(client)
            return
        turns = self._waiting[client]
        turns.remove(turn)
        self.waiting -= 1
        if not turns:
            del self._waiting[client]

    def _take(self, client: str) -> None:
        self._held[client] += 1
        self.taken += 1

    def _leave(self, client: str) -> None:
        self.taken -= 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        for waiting in list(self._waiting):
            if self._held[waiting] >= self._places_each:
                continue
            turns = self._waiting.pop(waiting)
            turns.popleft().set_result(None)
            self.waiting -= 1
            self._take(waiting)
            if turns:
                self._waiting[waiting] = turns  # behind all others
            return


async def gone(receive: Receive) -> None:
    """Ends when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def comes_first(turn: asyncio.Future[None], other: Awaitable[None]) -> bool:
    """Whether `turn` is done before the other."""
    task = asyncio.ensure_future(other)
    try:
        await asyncio.wait((turn, task), return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return turn.done()
