"""The models a page can choose from, each loaded once."""

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

import vae_core
from demo.door.limits import LOADED
from demo.door.once import once_a_model
from demo.door.pictures import test_digits
from demo.door.question import quoted
from demo.door.shelves import Shelves
from vae_core.export.onnx_engine import OnnxEngine

FIRST = "conv"  # the model shown first where no other is asked for
LATENT_LIMIT = 32  # values of a style, as many as Explore has sliders for
FOLLOWS = 0.9  # correlation of the change asked with the change measured
SPILLS = 0.2  # of that change, into other measures
IDLE = 0.05  # nats; a dimension that carries less is folded away


class Models:
    """The shipped models, the one that is shown first, and those on the shelves, whose files may come and go."""

    def __init__(self, default: str, shelves: Shelves | None = None) -> None:
        """Of what ships, all is loaded now: what is missing or damaged costs that model alone, and is told on stderr.

        Raises ValueError where `default` is not there and does not ship, or nothing can be loaded.
        """
        self._shelves = shelves
        self._loaded: dict[Path, tuple[int, Any]] = {}  # when the file was written, and its model
        self._lock = threading.Lock()
        self._fixed = {name: vae_core.find_model(name) for name in vae_core.available_models()}
        self.default = default if default in self._fixed else Path(default).stem
        if default != FIRST or default in self._fixed:
            self._fixed[self.default] = vae_core.find_model(default)
        self._fixed = {name: self._fixed[name] for name in self._fixed if self._can_load(name)}
        if not self._fixed:
            raise ValueError("there is no model to show: not one checkpoint can be loaded")
        if self.default not in self._fixed:
            asked, self.default = self.default, FIRST if FIRST in self._fixed else next(iter(self._fixed))
            print(f"{asked} cannot be shown: {self.default} comes first", file=sys.stderr)

    def _can_load(self, name: str) -> bool:
        try:
            self.get(name)
        except ValueError as error:
            print(f"the model {name} is left out: {error}", file=sys.stderr)
            return False
        return True

    def names(self, page: str = "") -> list[str]:
        """The first shown first, then what ships, then what the shelves hold now for that page."""
        found = self._shelves.names(page) if self._shelves else []
        return list(dict.fromkeys([self.default, *self._fixed, *found]))

    def file(self, name: object = None) -> Path:
        """The checkpoint of that name, None for the first shown; raises ValueError where there is none."""
        name = self.default if name is None else name
        path = self._fixed.get(name) if isinstance(name, str) else None
        if path is None and self._shelves:
            path = self._shelves.find(name)
        if path is None:
            raise ValueError(f"expected model as one of {', '.join(self.names())}, got {quoted(name)}")
        return path

    def get(self, name: object = None) -> Any:
        """The model of that name, None for the first shown; raises ValueError where there is none."""
        path = self.file(name)
        if path in self._loaded and path in self._fixed.values():  # what ships does not change: no look at the disk
            return self._loaded[path][1]
        with self._lock:
            written = path.stat().st_mtime_ns if path.exists() else 0
            if path not in self._loaded or self._loaded[path][0] != written:
                self._loaded[path] = written, load(path)
                self._forget()
            return self._loaded[path][1]

    def _forget(self) -> None:
        """Those loaded first go, but for what ships."""
        others = [path for path in self._loaded if path not in self._fixed.values()]
        for path in others[: max(0, len(others) - LOADED)]:
            del self._loaded[path]


def load(path: Path) -> Any:
    """A model the page has sliders for; raises ValueError for any other file."""
    model = vae_core.load_model(path)
    if model.latent_dim > LATENT_LIMIT:
        raise ValueError(f"expected a model of at most {LATENT_LIMIT} latent values, got {model.latent_dim}")
    model.run_by(OnnxEngine(model.network))
    return model


def about(model: Any, name: str) -> dict[str, Any]:
    """What a page must know of a model before it shows it: dimensions in the order of what they carry, the idle,
    and what those are called that change one measure of the shape."""
    kl = information(model)
    order = [int(k) for k in np.argsort(-kl)]
    return {
        "name": name,
        "latent_dim": model.latent_dim,
        "conditional": model.conditional,
        "order": order,
        "idle": [k for k in order if kl[k] < IDLE],
        "shaped": shaped_well(model.shape),
        "names": {f"w{name[1:]}": measure for name, (measure, _) in model.shape.names.items()} if model.shape else {},
    }


def shaped_well(shape: Any) -> bool:
    """Whether slant and thickness follow what is asked and take little else along: else their sliders mean little."""
    if shape is None:
        return False
    figures = [shape.figures[name] for name in ("slant", "thickness")]
    return all(own.get("r", 0.0) >= FOLLOWS and own.get("spill", 1.0) <= SPILLS for own in figures)


@once_a_model
def information(model: Any) -> np.ndarray:
    """(Z,) nats each latent dimension carries of a digit: its KL divergence from the prior, mean over real digits."""
    posterior = model.encode(test_digits())
    variance = np.square(posterior.std)
    return (0.5 * (np.square(posterior.mean) + variance - 1 - np.log(variance))).mean(axis=0)
