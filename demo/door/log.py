"""The log: a line of words and values for each start, stop, refusal and fault, and never what somebody drew."""

import contextlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from demo.door.limits import LINES

LEVELS = ("debug", "info", "warning", "error")
MINUTE = 60.0  # seconds
NOISY = ("asyncio", "httpx", "mcp", "python_multipart", "uvicorn")  # a line or more for every question or connection
log = logging.getLogger("demo")


class Line(logging.Formatter):
    """JSON on one line: time, level, who says it, and what; a trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        told = getattr(record, "told", None) or {"event": "said", "words": record.getMessage()}
        line: dict[str, Any] = {
            "time": stamp(record.created),
            "level": record.levelname.lower(),
            "by": record.name,
            **told,
        }
        if left_out := getattr(record, "left_out", 0):
            line["left_out"] = left_out
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class Sparing(logging.Filter):
    """A few lines about one kind of event in a minute; how many were left out is told with the next."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._lines, self._left_out = Counter[tuple](), Counter[tuple]()

    def filter(self, record: logging.LogRecord) -> bool:
        minute = int(time.monotonic() / MINUTE)
        if minute != self._minute:
            self._minute, self._lines = minute, Counter()
        told = getattr(record, "told", {})
        about = record.name, record.lineno, told.get("kind"), told.get("status")
        self._lines[about] += 1
        if self._lines[about] > LINES:
            self._left_out[about] += 1
            return False
        record.left_out = self._left_out.pop(about, 0)
        return True


def stamp(seconds: float) -> str:
    """UTC, as 2026-11-26T00:36:07.123Z."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03d}Z"


@contextlib.contextmanager
def log_to_stderr(level: str) -> Iterator[None]:
    """Whatever is logged inside goes to stderr, so far as it is of that level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    handler.addFilter(Sparing())
    root = logging.getLogger()
    before = root.handlers, root.level
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    try:
        yield
    finally:
        root.handlers, level_before = before
        root.setLevel(level_before)


def tell(event: str, **told: object) -> None:
    """A line about something that happens once, as a start."""
    log.info(event, extra={"told": {"event": event, **told}})
