"""A lock that lasts as long as the process that holds it: how others know that it is at work."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PATIENCE = 5.0  # seconds; whoever asks `held` has the lock for a moment too
GLANCE = 0.05  # seconds that `held` waits for another who asks it


@contextlib.contextmanager
def alone(path: Path, refusal: str, patience: float | None = None) -> Iterator[None]:
    """Hold the lock at `path`; the system lets it go when the process ends, however it ends.

    Raises ValueError with the sentence `refusal` where another holds it.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE if patience is None else patience)
    except Timeout:
        raise ValueError(refusal) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file
            os.unlink(path)
        lock.release()


def held(path: Path) -> bool:
    """Whether anybody holds the lock at `path`."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=GLANCE, poll_interval=GLANCE / 5)
    except Timeout:
        return True
    lock.release()
    return False
