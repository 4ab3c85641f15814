"""The folder for uploads and for what endpoints draw: it has room for so much, and the oldest files go for new ones."""

import asyncio
import contextlib
import errno
import os
import threading
import time
from collections.abc import AsyncIterator
from itertools import takewhile
from pathlib import Path

from demo.door.limits import PHOTO_LIMIT, ROOM, ROOM_FILES, YOUNG

CLOCKS = 1.0  # seconds by which a file's time may be behind ours


class Room:
    """`folder` as Gradio uses it: each file in a folder of its own, and uploads under way beside those folders."""

    def __init__(self, folder: Path, size: int = ROOM, files: int = ROOM_FILES) -> None:
        self.folder, self._size, self._files = folder, size, files
        self._uploads: list[float] = []  # when those under way began
        self._turn = threading.Lock()

    @contextlib.asynccontextmanager
    async def upload(self) -> AsyncIterator[None]:
        """Room for one upload while it lasts; what it has not brought to its place by then goes. Raises OSError where
        there is none."""
        await asyncio.to_thread(self.make, PHOTO_LIMIT * (1 + len(self._uploads)))
        begun = time.time()
        self._uploads.append(begun)
        try:
            yield
        finally:
            self._uploads.remove(begun)
            self._drop_aborted()

    def make(self, size: int) -> None:
        """Room for `size` bytes; raises OSError, the disk being full as it were, where what is there is too young."""
        with self._turn:
            files = self._kept()
            held, count = sum(used for _, used, _ in files), len(files)
            for changed, used, file in sorted(files, key=lambda kept: kept[0]):
                if held + size <= self._size and count < self._files:
                    return
                if time.time() - changed < YOUNG:
                    break
                with contextlib.suppress(OSError):
                    file.unlink()
                with contextlib.suppress(OSError):  # not empty
                    for parent in takewhile(lambda folder: folder != self.folder, file.parents):
                        parent.rmdir()
                held, count = held - used, count - 1
            if held + size > self._size or count >= self._files:
                raise OSError(errno.ENOSPC, "no room for more files")

    def _kept(self) -> list[tuple[float, int, Path]]:
        """When each file was written, its bytes, and where it is."""
        kept = []
        for folder, _, files in os.walk(self.folder):
            for name in files if Path(folder) != self.folder else ():
                with contextlib.suppress(OSError):
                    file = Path(folder, name)
                    status = file.lstat()
                    kept.append((status.st_mtime, status.st_size, file))
        return kept

    def _drop_aborted(self) -> None:
        """Files beside the folders that no upload under way can be writing to."""
        before = min(self._uploads) - CLOCKS if self._uploads else time.time()
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime <= before:
                        os.unlink(entry.path)
