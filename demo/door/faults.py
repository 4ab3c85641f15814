"""What fails is told in one sentence with the right status, and in one line of the log."""

import errno
import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.refusal import refusal

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
log = logging.getLogger(__name__)


class Faults:
    """ASGI middleware: an exception that nothing inside answered is. The frameworks inside answer it with a bare 500
    and raise it again, so such an answer waits until it is known whether an exception follows."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, held = False, list[Message]()

        async def send_or_hold(message: Message) -> None:
            nonlocal started
            if held or (message["type"] == "http.response.start" and message["status"] == 500):
                held.append(message)
                return
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_or_hold)
        except ClientDisconnect:
            return
        except Exception as error:
            status, sentence = fault(log, f"{scope['method']} {scope['path'][:200]}", error)
            if not started:
                await refusal(status, sentence)(scope, receive, send)
            return
        for message in held:
            await send(message)


def fault(log: logging.Logger, asked: str, error: Exception) -> tuple[int, str]:
    """Status and sentence for whoever asked, and a line in the log. Of the error itself nothing is told, as it may hold
    words of libraries and paths; its trace is logged at the level DEBUG."""
    kind, words = type(error).__name__, " ".join(str(error).split())[:200]
    told = {"event": "fault", "kind": asked, "error": kind, "words": words}
    log.error("%s: %s: %s", asked, kind, words, extra={"told": told})
    log.debug("as follows", exc_info=error)
    if isinstance(error, OSError) and error.errno is not None:
        words = disk_trouble(error.errno)
        return 507 if error.errno in FULL else 500, f"{words[0].upper()}{words[1:]}."
    return 500, "The server could not answer this. Please try again, or something else."


def disk_trouble(number: int) -> str:
    """What is wrong with files, by the system's number for it."""
    if number in FULL:
        return "the server's disk is full"
    if number in FORBIDDEN:
        return "the server may not write to its folder"
    return "the server could not read or write its files"
