"""MNIST on this machine: whether it is there, and its download in a process of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.tabs.train.process import Started, complaint, launch
from vae_core.data import DATA_LOCK, cut_mnist, has_mnist
from vae_core.lock import alone, held

COMPRESSED_BYTES = 9_912_422 + 28_881 + 1_648_877 + 4_542  # of the four files as they are sent


class Mnist:
    """The data in a folder; `output` is where the download says what it does, in the `environment` given or in ours."""

    def __init__(self, data: Path, output: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data, self._output, self._environment = data, output, environment
        self.started: Started = []
        self._lock = data / DATA_LOCK

    @property
    def there(self) -> bool:
        return not held(self._lock) and has_mnist(self.data)

    def status(self) -> dict[str, Any]:
        """there, the share of the bytes that came (None where no download is under way), and what went wrong."""
        if self.there:
            return {"there": True, "share": None, "error": ""}
        if held(self._lock):
            arrived = sum(path.stat().st_size for path in (self.data / "MNIST" / "raw").glob("*.gz"))
            return {"there": False, "share": min(1.0, arrived / COMPRESSED_BYTES), "error": ""}
        return {"there": False, "share": None, "error": self._error()}

    def fetch(self) -> None:
        """Start the download, unless it is under way or done."""
        self.data.mkdir(parents=True, exist_ok=True)
        turn = self._output.with_suffix(".lock")
        with alone(turn, "somebody is starting the download at this moment", patience=1.0):
            if not self.there and not held(self._lock):
                arguments = ["data", "--data", str(self.data)]
                launch(arguments, self._output, self._lock, self._environment, self.started)

    def _error(self) -> str:
        said = complaint(self._output, self.data)
        if "could not be downloaded" in said:
            said = "MNIST could not be downloaded: there seems to be no network. Try again when there is."
        return " ".join([*(f"{path.name} is cut or damaged." for path in cut_mnist(self.data)[:1]), said]).strip()
