"""What stands in the run's place where nothing can be written: models that lie there can be chosen all the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from demo.door.answers import Answer, Asked
from demo.door.faults import FULL, disk_trouble
from demo.door.shelves import Shelves

COMMANDS = ("training", "start_training", "stop_training", "go_on_training", "let_go_training", "fetch_digits")


class Closed:
    """A folder of runs that cannot be written, and why."""

    def __init__(self, runs: Path, error: OSError) -> None:
        self.shelves = Shelves(runs.absolute() / "models")
        self.told = f"{runs} cannot be written ({error.strerror}): nothing can be trained, all else is served"
        why = disk_trouble(error.errno) if error.errno in FULL else "the server's folder for it cannot be written"
        self._why = f"nothing can be trained or brought here: {why}"

    def questions(self) -> list[Asked]:
        """All that the Train tab asks, answered with the one sentence."""
        return [self._refusing(name) for name in COMMANDS]

    def brought(self) -> Callable[..., Answer]:
        """What a page brings is refused with it too."""

        def checkpoint(data: bytes, token: str | None) -> NoReturn:
            raise ValueError(self._why)

        return checkpoint

    def _refusing(self, name: str) -> Asked:
        def refuse(asked: Any) -> NoReturn:
            raise ValueError(self._why)

        refuse.__name__ = name
        return refuse
