"""HTTP connections as uvicorn speaks them, with an end to everything that may be waited for, and to their number."""

import asyncio
import contextlib
from typing import Any

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.door.limits import (
    BODY_RATE,
    BODY_TIME,
    CONNECTIONS,
    DESCRIPTORS_KEPT,
    HEADER_TIME,
    LONGEST_BODY_TIME,
    READING_TIME,
)

GLANCE = 1.0  # seconds between two looks at what a connection waits for
SENTENCES = {
    400: (b"Bad Request", "Expected an HTTP request."),
    408: (b"Request Timeout", "The request took too long."),
}


def protocol(headers: dict[str, str], most: int) -> type[H11Protocol]:
    """Connections whose own refusals carry `headers` and a sentence; of more than `most` the idlest goes."""

    class Protocol(H11Protocol):
        """A connection waits for a request's head, for its body, or for an answer to be read; each has its time."""

        since = 0.0  # when the head or the body began, or the last answer ended
        heard = False  # whether anything of the next head has come
        received = 0  # bytes of the body that comes
        timer: asyncio.TimerHandle | None = None
        stalled: asyncio.TimerHandle | None = None

        @property
        def is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._begin()
            if len(self.connections) > most:
                idlest = min(self.connections, key=lambda one: (not one.is_idle, one.since))  # type: ignore[union-attr]
                idlest.transport.abort()
                self.connections.discard(idlest)

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self.timer, self.stalled):
                if timer:
                    timer.cancel()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self.conn.their_state is h11.SEND_BODY:
                self.received += len(data)
            elif self.conn.their_state is h11.IDLE and not self.heard:
                self._begin()  # of a request
            self.heard = True
            super().data_received(data)

        def handle_events(self) -> None:
            head = self.conn.their_state is h11.IDLE
            super().handle_events()
            if head and self.conn.their_state is h11.SEND_BODY:
                self._begin()  # of its body

        def on_response_complete(self) -> None:
            self.since, self.heard = self.loop.time(), False
            super().on_response_complete()

        def pause_writing(self) -> None:
            super().pause_writing()
            self.stalled = self.loop.call_later(READING_TIME, self.transport.abort)

        def resume_writing(self) -> None:
            if self.stalled:
                self.stalled.cancel()
            super().resume_writing()

        def _begin(self) -> None:
            self.since, self.received = self.loop.time(), 0
            if not self.timer:
                self.timer = self.loop.call_later(GLANCE, self._look)

        def _look(self) -> None:
            """Whether what is waited for comes in its time."""
            self.timer = None
            body = self.conn.their_state is h11.SEND_BODY
            if self.transport.is_closing() or not (body or self.conn.their_state is h11.IDLE):
                return
            if body and self.flow.read_paused:
                self.since += GLANCE  # it waits for us
            allowed = min(BODY_TIME + self.received / BODY_RATE, LONGEST_BODY_TIME) if body else HEADER_TIME
            if self.loop.time() - self.since <= allowed:
                self.timer = self.loop.call_later(GLANCE, self._look)
            elif self.heard:
                self._refuse(408)
            else:
                self.transport.abort()

        def _refuse(self, status: int) -> None:
            """In a sentence, unless an answer is under way or was given; then the connection ends."""
            reason, sentence = SENTENCES[status]
            told = {"content-type": "application/json", "connection": "close", "cache-control": "no-store", **headers}
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                event = h11.Response(status_code=status, headers=list(told.items()), reason=reason)
                for part in (event, h11.Data(data=orjson.dumps({"error": sentence})), h11.EndOfMessage()):
                    self.transport.write(self.conn.send(part) or b"")
            self.transport.close()

        def send_400_response(self, msg: str) -> None:
            self._refuse(400)

    return Protocol


def room_for_connections() -> int:
    """How many may be open at once, with as many open files as the system lets this process have."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + DESCRIPTORS_KEPT
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, soft - DESCRIPTORS_KEPT))
