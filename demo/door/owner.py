"""Whoever started the app: a key in a file that only they can read, which makes a browser theirs."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

KEY_BYTES = 24


class Owner:
    """The key stands in `file`, is made when it is first wanted, and serves every process that shares the folder."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def key(self) -> str:
        if not self._file.exists():
            made, aside = tempfile.mkstemp(dir=self._file.parent)  # which only we can read
            with os.fdopen(made, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(KEY_BYTES))
            with contextlib.suppress(FileExistsError):  # another process was first: its key it is
                os.link(aside, self._file)
            os.unlink(aside)
        return self._file.read_text(encoding="ascii").strip()

    def is_(self, token: object) -> bool:
        """Whether a page's token is the key."""
        try:
            key = self._file.read_bytes().strip()
        except OSError:
            return False
        sent = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        return bool(key) and secrets.compare_digest(key, sent)

    def link(self, host: str, port: int) -> str:
        """The address that makes the browser it is opened in the owner's; the key never reaches a log on its way."""
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        return f"http://{name}:{port}/#owner={self.key()}"
