"""The training run that everybody on this server sees. All there is to know of it stands in its folder, so any server
process can answer, and one that starts again finds the run as it is."""

import contextlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from demo.door.owner import Owner
from demo.door.shelves import Shelves, page_of
from demo.door.token import kept_token
from demo.tabs.train.fetch import Mnist
from demo.tabs.train.news import hours
from demo.tabs.train.process import Started, complaint, end, launch
from demo.tabs.train.settings import Settings, from_page
from vae_core.lock import alone, held
from vae_core.training.command import lock_of
from vae_core.training.run_log import LIVE, STOP

UNDER_WAY = ("starting", "running", "stopping")
HALTED = ("stopped", "dead", "failed")  # from where one can go on
STOP_LIMIT = 60.0  # seconds that a run may take to save and end
KEPT = 20  # models that a page trained
RESERVED = 86_400.0  # seconds for which an interrupted run waits for its own page


class Run:
    """One run at a time, in `runs`/demo; its models, and those of the runs before it, on shelves in `runs`/models.

    The page that starts a run sends a token that only it knows, and what it may do to the run is tied to that. Whoever
    started the app may stop any run and let it go. Trainings are started in the `environment` given, or in ours.
    Raises OSError where the folders cannot be written.
    """

    def __init__(self, runs: Path, data: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data, self.folder, self.models = data.resolve(), runs.resolve() / "demo", runs.resolve() / "models"
        for folder in (self.folder, self.models):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (runs.resolve(), self.folder, self.models):
            tempfile.TemporaryFile(dir=folder).close()  # a folder that is there may still be one that only others write
        self.shelves, self.owner = Shelves(self.models), Owner(runs.resolve() / "owner.key")
        self._checkpoint = self.folder / "state.safetensors"
        self._output = self.folder / "output.txt"
        self._turn = runs.resolve() / "turn.lock"  # held while somebody starts a run
        self.mnist = Mnist(self.data, runs.resolve() / "data.txt", environment)
        self._environment = environment
        self._started: Started = []
        self.app_token = kept_token(runs.resolve() / "app.token")

    def state(self) -> str:
        """none, starting, running, stopping, stopped, finished, failed (it said why) or dead (it said nothing)."""
        return "starting" if held(self._turn) else self._state()

    def about(self) -> dict[str, Any]:
        """id, name, owner and settings of the run; empty where there was none."""
        return read_json(self.folder / "run.json")

    def live(self) -> dict[str, Any]:
        """Where the run stands, as vae_core.training.run_log tells it."""
        return read_json(self.folder / LIVE)

    def complaint(self) -> str:
        """Why the run failed, without this machine's folders."""
        return complaint(self._output, self.data, self.folder, self.models)

    def belongs_to(self, token: object) -> bool:
        owner = self.about().get("owner", "")
        return isinstance(owner, str) and bool(owner) and secrets.compare_digest(owner, page_of(token))

    def may_end(self, token: object) -> bool:
        return self.belongs_to(token) or self.owner.is_(token)

    def reserved(self) -> float:
        """Seconds for which the run, which was interrupted, still waits for its own page; 0 where it does not.

        The machine's clock may be set back meanwhile: what then lies further ahead than it may wait waits no more.
        """
        if self._state() not in HALTED or self.about().get("let_go") or not self._checkpoint.exists():
            return 0.0
        signs = [file for file in (self._checkpoint, self.folder / LIVE, self._output) if file.exists()]
        return max(0.0, RESERVED - abs(time.time() - max(file.stat().st_mtime for file in signs)))

    def start(self, settings: Settings, token: object) -> None:
        """A new run; one of the same page that is under way is stopped first. Raises ValueError out of turn."""
        owner = page_of(token, required=True)
        with self._turn_taken():
            self._refuse_strangers(self.belongs_to(token))
            if not self.mnist.there:
                raise ValueError("MNIST is not on this machine yet: download it first")
            self._end()
            shelf = self.shelves.make_room(owner, False, KEPT).name
            for file in self.folder.iterdir():
                file.unlink()
            name = self._next_name(settings.preset)
            about = {"id": secrets.token_hex(8), "name": name, "owner": owner, "shelf": shelf}
            self._launch({**about, "settings": asdict(settings)})

    def go_on(self, token: object) -> None:
        """The run from where it stopped; raises ValueError where there is none to go on with, or it waits for another.

        One that waits for nobody any more is whoever's goes on with it.
        """
        page = page_of(token, required=True)
        with self._turn_taken():
            self._refuse_strangers(self.may_end(token))
            if self._state() not in HALTED:
                raise ValueError("there is no stopped training to go on with")
            about = self.about()
            owner = about["owner"] if self.reserved() else page
            self._launch({**about, "owner": owner, "let_go": False})

    def let_go(self, token: object) -> None:
        """Let others start before the run's time is over; raises ValueError where it is not this page's to say."""
        with self._turn_taken():
            self._refuse_strangers(self.may_end(token))
            if self._state() not in HALTED:
                raise ValueError("there is no stopped training to let go")
            write_json(self.folder / "run.json", {**self.about(), "let_go": True})

    def stop(self, token: object) -> None:
        """Ask the run to save and end; raises ValueError where there is none, or it is somebody else's."""
        if self.state() not in UNDER_WAY:
            raise ValueError("no training is running")
        self._refuse_strangers(self.may_end(token), under_way=True)
        (self.folder / STOP).touch()

    def end(self) -> None:
        """End what this process started, with all that is trained saved. Another's goes on, for the next to find."""
        if any(process.poll() is None for process in self._started):
            (self.folder / STOP).touch()
        end([*self._started, *self.mnist.started])

    def checkpoint(self) -> Path:
        """Where the run's model is, as soon as there is one."""
        about = self.about()
        return self.models / str(about.get("shelf", "")) / f"{about.get('name')}.safetensors"

    def _state(self) -> str:
        if held(lock_of(self._checkpoint)):
            return "stopping" if (self.folder / STOP).exists() else "running"
        if not self.about():
            return "none"
        if self.complaint():
            return "failed"
        said = self.live().get("state")
        if said not in ("stopped", "finished") and (self.folder / STOP).exists():
            return "stopped"  # before it had begun
        return said if said in ("stopped", "finished") else "dead"

    @contextlib.contextmanager
    def _turn_taken(self) -> Iterator[None]:
        for folder in (self.folder, self.models):  # which somebody may have removed
            folder.mkdir(parents=True, exist_ok=True)
        with alone(self._turn, "somebody is starting a training at this moment", patience=1.0):
            yield

    def _refuse_strangers(self, known: bool, under_way: bool = False) -> None:
        if known:
            return
        if under_way or self._state() in UNDER_WAY:
            raise ValueError("somebody else's training is running; it is their turn until it ends")
        left = self.reserved()
        if left:
            raise ValueError(f"somebody else's training was interrupted and waits for them {hours(left)}")

    def _end(self) -> None:
        if self._state() not in UNDER_WAY:
            return
        (self.folder / STOP).touch()
        deadline = time.monotonic() + STOP_LIMIT
        while self._state() in UNDER_WAY:
            if time.monotonic() > deadline:
                raise ValueError("the training under way does not stop; try again in a moment")
            time.sleep(0.1)

    def _next_name(self, preset: str) -> str:
        taken = [name.removeprefix(f"{preset}-") for name in self.shelves.names()]
        return f"{preset}-{1 + max((int(number) for number in taken if number.isdecimal()), default=0)}"

    def _launch(self, about: dict[str, Any]) -> None:
        write_json(self.folder / "run.json", about)
        (self.folder / STOP).unlink(missing_ok=True)
        settings = from_page(about["settings"])
        arguments = ["train", settings.preset, "--data", str(self.data), "--out", str(self.checkpoint())]
        arguments += ["--state", str(self._checkpoint), "--log-dir", str(self.folder), *settings.arguments]
        arguments += ["--background", "--threads", "1"]  # people who draw come first
        if self._checkpoint.exists():
            arguments.append("--resume")
        launch(arguments, self._output, lock_of(self._checkpoint), self._environment, self._started)


def training_is_off(environment: Mapping[str, str]) -> bool:
    """Whether nothing may be changed here: as NO_TRAINING says, 0 or another value, or by default on a Space."""
    said = environment.get("NO_TRAINING", "")
    return said != "0" if said else bool(environment.get("SPACE_ID"))


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a file as a whole."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, Any]:
    """A file's JSON object; empty where there is none that is whole."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return []
