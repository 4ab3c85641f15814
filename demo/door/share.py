"""A share of questions for each client: who asks more is told to come again, before anything is read."""

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from demo.door.client import client_of
from demo.door.limits import BURST, CLIENTS, RATE
from demo.door.refusal import too_busy
from demo.door.turns import Busy

ASKING = ("live", "gradio_api")  # first parts of paths; files of the page are many, and cost next to nothing


class Shares:
    """A bucket of tokens for each client: `rate` a second flow in, up to `burst`. Those seen last are remembered."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, client: str) -> bool:
        """One token, if there is one."""
        now = self._clock()
        left, then = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + self._rate * (now - then))
        self._left[client] = max(left - 1, 0.0) if left >= 1 else left, now
        if len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return left >= 1


class FairShare:
    """ASGI middleware: whoever has used their share up is refused."""

    def __init__(self, app: ASGIApp, rate: float = RATE) -> None:
        self.app = app
        self._shares = Shares(rate, rate * BURST / RATE) if rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["path"].strip("/").partition("/")[0] in ASKING
        if asks and self._shares and not self._shares.take(client_of(scope)):
            await too_busy(Busy(429))(scope, receive, send)
        else:
            await self.app(scope, receive, send)
