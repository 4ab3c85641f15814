"""What a run writes into a folder for whoever watches it, and how it is asked there to stop."""

import contextlib
import io
import json
import math
import os
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.config import DIGITS
from vae_core.inference import Model
from vae_core.pictures import draw_rows, sheet
from vae_core.training.objective import Terms
from vae_core.training.trainer import Trainer

METRICS = "metrics.jsonl"  # an EpochReport a line
ROWS = "progress.npy"  # (epochs, 10, 28, 28) in [0, 1]: each epoch's model draws one random z as all ten digits
PICTURE = "progress.png"  # the same as a picture
LIVE = "live.json"  # where the run stands
STOP = "stop"  # whoever makes this file asks the run to save and end
PACE_OVER = 60.0  # seconds of which the mean tells the time left
PERIOD = 0.5  # seconds between two writes of LIVE, and between two looks for STOP


class RunLog:
    """Files about one trainer, each replaced as a whole; LIVE has the state "running", "stopped" or "finished"."""

    def __init__(self, folder: Path, trainer: Trainer) -> None:
        self.folder, self.trainer = folder, trainer
        self.asked_to_stop = False
        folder.mkdir(parents=True, exist_ok=True)
        self._looks = deque([(time.perf_counter(), self._done())])  # when LIVE was written, and the steps done then
        self.on_epoch()
        self._write_live("running", {})

    def on_step(self, terms: Terms) -> None:
        trainer, now = self.trainer, time.perf_counter()
        if now - self._written < PERIOD and trainer.step < trainer.batches.per_epoch:
            return
        done = self._done()
        rate = (done - self._last) * trainer.config.batch_size / max(now - self._written, 1e-6)
        while len(self._looks) > 1 and now - self._looks[0][0] > PACE_OVER:
            self._looks.popleft()
        pace = (now - self._looks[0][0]) / (done - self._looks[0][1])  # seconds a step, with what lies between epochs
        left = pace * (trainer.config.epochs * trainer.batches.per_epoch - done)
        names = ("loss", "reconstruction", "kl", "classification")
        values = {name: getattr(terms, name).item() for name in names}
        self._write_live("running", {**values, "images_per_second": rate, "seconds_left": left})
        self._written, self._last = now, done
        self._looks.append((now, done))
        self.asked_to_stop = (self.folder / STOP).exists()

    def on_epoch(self) -> None:
        """Bring the files of whole epochs up to date; a killed run may have left them one behind."""
        lines = "".join(json.dumps(report) + "\n" for report in self.trainer.history)
        _replace(self.folder / METRICS, lines.encode())
        rows = self._rows()
        if len(rows):
            buffer = io.BytesIO()
            np.save(buffer, rows)
            _replace(self.folder / ROWS, buffer.getvalue())
            picture = io.BytesIO()
            sheet(rows.reshape(-1, 28, 28), DIGITS, 2).save(picture, "png")
            _replace(self.folder / PICTURE, picture.getvalue())
        self._written, self._last = time.perf_counter(), self._done()  # a report is no part of the speed

    def end(self, finished: bool) -> None:
        (self.folder / STOP).unlink(missing_ok=True)
        self._write_live("finished" if finished else "stopped", {})

    def _rows(self) -> NDArray[np.float32]:
        epoch = self.trainer.epoch
        try:
            rows = np.load(self.folder / ROWS)[:epoch] if epoch else np.empty((0, DIGITS, 28, 28), np.float32)
        except (OSError, ValueError, EOFError):
            rows = np.empty((0, DIGITS, 28, 28), np.float32)
        if len(rows) < epoch:
            model = Model(self.trainer.snapshot(), self.trainer.name, {})
            seeds = range(len(rows) + 1, epoch + 1)
            rows = np.concatenate([rows, *(draw_rows(model, 1, np.random.default_rng(seed))[None] for seed in seeds)])
        return rows

    def _done(self) -> int:
        return self.trainer.epoch * self.trainer.batches.per_epoch + self.trainer.step

    def _write_live(self, state: str, values: dict[str, float]) -> None:
        trainer = self.trainer
        live: dict[str, Any] = {"state": state, "epoch": trainer.epoch, "epochs": trainer.config.epochs}
        live |= {"step": trainer.step, "steps": trainer.batches.per_epoch}
        live |= {name: value if math.isfinite(value) else None for name, value in values.items()}
        _replace(self.folder / LIVE, json.dumps(live).encode())


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(data)
    with contextlib.suppress(PermissionError):  # Windows, while somebody reads it: the next one comes soon
        os.replace(temporary, path)
