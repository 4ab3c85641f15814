"""Model files that were trained here or brought: each page has its shelf, and a file's name is enough to find it."""

import contextlib
import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".safetensors"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)  # nothing that a shell, an address or a page would read
BROUGHT = re.compile(r"loaded-[0-9a-f]{16}", re.ASCII)  # the name of a brought model, which is that of its content
PAGE = re.compile(r"[0-9a-f]{32}", re.ASCII)
MOST = 100  # files on all shelves
STALE = 7 * 86_400.0  # seconds after which a file goes where room is needed


class Shelves:
    """`folder` holds a folder for each page, named after its token's fingerprint, and beside them the files that the
    owner put there, which are everybody's to see. Links and files of other names are not there at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self, page: str = "") -> list[str]:
        """What the owner put there, what anybody trained, and what this page brought."""
        own = self.of(page) if page else None
        return sorted(file.stem for file in self._files() if file.parent == own or not BROUGHT.fullmatch(file.stem))

    def find(self, name: object) -> Path | None:
        """The file of that name, on whatever shelf it stands."""
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return None
        places = (folder / f"{name}{SUFFIX}" for folder in self._folders())
        return next((place for place in places if is_plain(place)), None)

    def of(self, page: str) -> Path:
        """A page's shelf, which may not be there yet."""
        return self.folder / page[:32]

    def make_room(self, page: str, brought: bool, most: int) -> Path:
        """The page's shelf with room for one more model, of which kind it holds `most`; its own oldest go first.

        Where all shelves are full, stale files go; raises ValueError where there are none.
        """
        shelf = self.of(page)
        own = [file for file in plain_files(shelf) if bool(BROUGHT.fullmatch(file.stem)) == brought]
        for file in by_age(own)[: max(0, len(own) - most + 1)]:
            file.unlink(missing_ok=True)
        files = by_age([file for file in self._files() if file.parent != self.folder])
        for file in files[: max(0, len(files) - MOST + 1)]:
            if time.time() - file.stat().st_mtime < STALE:
                raise ValueError(f"no room for another model: {MOST} are kept here, the oldest not yet for a week")
            file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # unless it was the last on its shelf
                file.parent.rmdir()
        shelf.mkdir(parents=True, exist_ok=True)
        return shelf

    def _files(self) -> list[Path]:
        return [file for folder in self._folders() for file in plain_files(folder)]

    def _folders(self) -> Iterator[Path]:
        yield self.folder
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if PAGE.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                    yield self.folder / entry.name


def page_of(token: object, required: bool = False) -> str:
    """What is kept of a page's token; raises ValueError where one is required and this is none."""
    if isinstance(token, str) and 16 <= len(token) <= 100:
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    if required:
        raise ValueError("expected a token of 16 to 100 characters")
    return ""


def plain_files(folder: Path) -> list[Path]:
    """The models in a folder: regular files, no links, with plain names."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        names = [Path(entry.name) for entry in entries if entry.is_file(follow_symlinks=False)]
        return [folder / name for name in names if name.suffix == SUFFIX and NAME.fullmatch(name.stem)]
    return []


def is_plain(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except OSError:
        return False


def by_age(files: list[Path]) -> list[Path]:
    """The oldest first."""
    return sorted(files, key=lambda file: file.lstat().st_mtime)
