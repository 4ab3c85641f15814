"""A secret of this app's that all its processes know: kept in a file that only its owner reads."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

BYTES = 16


def kept_token(file: Path) -> str:
    """The token in `file`, made by whoever first wants it. Raises OSError where it cannot be kept."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="ascii")
    descriptor, aside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # for its owner alone
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(secrets.token_hex(BYTES))
    with contextlib.suppress(FileExistsError):
        os.link(aside, file)  # whole or not at all, and never over another's
    os.unlink(aside)
    return file.read_text(encoding="ascii")
