"""Whoever started the app: a key in a file that only they can read, which makes a browser theirs."""

import secrets
from pathlib import Path

from demo.door.token import kept_token


class Owner:
    """The key stands in `file`, is made when it is first wanted, and serves every process that shares the folder."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def key(self) -> str:
        return kept_token(self._file)

    def is_(self, token: object) -> bool:
        """Whether a page's token is the key."""
        try:
            key = self._file.read_bytes().strip()
        except OSError:
            return False
        sent = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        return bool(key) and secrets.compare_digest(key, sent)

    def link(self, address: str) -> str:
        """The app's address that makes a browser it is opened in the owner's; the key reaches no log on its way."""
        return f"{address}/#owner={self.key()}"
