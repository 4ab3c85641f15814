"""A process that is started again where it ends by itself."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

END_LIMIT = 80.0  # seconds; an app has 8 for its requests and 60 for its training
REST = 5.0  # seconds from one start to the next, at least


class Child:
    """Started when it is made."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, **variables: str) -> None:
        self.name, self._command, self._folder = name, command, folder
        self._environment = os.environ | variables
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        # In a group of its own, so that Ctrl-C reaches it through us and once.
        self.process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        return self.process

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def revive(self) -> None:
        """Start it again where it has ended, but not time and again within moments."""
        if not self.is_alive() and time.monotonic() - self._started > REST:
            print(f"{self.name} ended ({self.process.returncode}) and is started again", flush=True)
            self.start()

    def tell_to_end(self) -> None:
        self.process.terminate()
        self.process.send_signal(signal.SIGCONT)  # one that was stopped hears it too

    def end(self) -> None:
        """Told to end, and killed where it does not within the limit."""
        self.tell_to_end()
        try:
            self.process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
