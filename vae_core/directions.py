"""Where to move a style so that one measure of the drawn digit changes and the others stay."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.config import DIGITS, brief
from vae_core.drawing.morphometrics import MEASURES, Values

Codes = NDArray[np.floating]

MAX_UNITS = 512  # of a layer; ours have 64
MAX_NUMBER = 1e4  # far above any of ours, and far below what overflows
LEAST = 1e-6  # of what is divided by


@dataclass(frozen=True)
class Directions:
    """What write(style, digit) measures, fitted by two layers of tanh units, and how to move a style by what they say.

    measures(w, digit) = centre[digit] + output . tanh(hidden_bias + hidden . tanh(input_bias[digit] + input . w)), five
    values in degrees and pixels in the order of MEASURES. The direction in which one measure changes and the others do
    not is solved from its Jacobian, anew at each of `steps` points of the way, since it turns.
    """

    input: Values  # (H, Z)
    input_bias: Values  # (10, H)
    hidden: Values  # (G, H)
    hidden_bias: Values  # (G,)
    output: Values  # (5, G)
    centre: Values  # (10, 5)
    spread: Values  # (5,), each measure's standard deviation over real digits
    low: Values  # (10, 5), where each digit's sliders begin
    high: Values  # (10, 5), and end
    ridge: float  # what the length of a step costs against missing the measures, both squared
    steps: int

    def measures(self, style: Codes, digits: NDArray[np.integer]) -> Values:
        """What write(style, digits) would measure: styles (N, Z) and digits (N,) -> (N, 5)."""
        return self._run(style, digits)[0]

    def move(self, style: Codes, digits: NDArray[np.integer], by: Values) -> Values:
        """Styles (N, Z) whose pictures measure `by` (N, 5) degrees and pixels more than those of `style` (N, Z).

        Gauss-Newton steps along the straight line of measures, each of least norm.
        """
        moved = np.asarray(style, dtype=np.float64)
        start = self.measures(moved, digits)
        for step in range(1, self.steps + 1):
            now, jacobian = self._run(moved, digits)
            missing = (start + by * step / self.steps - now) / self.spread
            slopes = jacobian / self.spread[:, None]  # (N, 5, Z)
            gram = slopes @ slopes.transpose(0, 2, 1) + self.ridge * np.eye(len(MEASURES))
            moved = moved + np.einsum("nmz,nm->nz", slopes, np.linalg.solve(gram, missing[..., None])[..., 0])
        return moved

    def _run(self, style: Codes, digits: NDArray[np.integer]) -> tuple[Values, Values]:
        """The measures (N, 5) and their Jacobian (N, 5, Z)."""
        first = np.tanh(style @ self.input.T + self.input_bias[digits])  # (N, H)
        second = np.tanh(first @ self.hidden.T + self.hidden_bias)  # (N, G)
        slopes = (self.output * (1.0 - second**2)[:, None]) @ self.hidden  # (N, 5, H)
        slopes = (slopes * (1.0 - first**2)[:, None]) @ self.input
        return self.centre[digits] + second @ self.output.T, slopes

    def to_json(self) -> dict[str, Any]:
        """Lists of numbers, as the card and a browser take them."""
        return {field.name: _listed(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True)
class Shape:
    """What a checkpoint's card says of the shape of the digits it draws.

    names: the dimensions of the style named after the measure they move most, as {"z3": ("slant", 7.1)}, in degrees or
    pixels for one unit. figures: for each measure how well it changes alone, as judge_changes of
    vae_core.evaluation.shape defines them.
    """

    directions: Directions
    names: dict[str, tuple[str, float]]
    figures: dict[str, dict[str, float]]


def read_shape(stored: Any, latent_dim: int) -> Shape | None:
    """The card's entry "shape", or None where there is none; raises ValueError where it is not of our making."""
    if stored is None:
        return None
    names, figures = _member(stored, "names"), _member(stored, "figures")
    if not set(names) <= {f"z{k}" for k in range(latent_dim)} or set(figures) != set(MEASURES):
        raise ValueError(f"expected a shape with names of z0 to z{latent_dim - 1} and figures of {', '.join(MEASURES)}")
    named = {}
    for z, name in names.items():
        if _member(name, None).get("measure") not in MEASURES:
            raise ValueError(f"expected the name of {z} as one of {', '.join(MEASURES)}")
        named[z] = (name["measure"], _number(name.get("effect"), "effect"))
    found = {m: {key: _number(value, key) for key, value in _member(figures, m).items()} for m in MEASURES}
    return Shape(read_directions(_member(stored, "directions"), latent_dim), named, found)


def read_directions(stored: Any, latent_dim: int) -> Directions:
    """Directions as `to_json` gave them; raises ValueError for anything else, as a stranger's checkpoint may hold."""
    stored = _member(stored, None)
    arrays = {name: _numbers(stored.get(name), name) for name in (field.name for field in fields(Directions))}
    units, more = (len(arrays[name]) if arrays[name].ndim else 0 for name in ("input", "hidden"))
    of = len(MEASURES)
    shapes = {
        "input": (units, latent_dim), "input_bias": (DIGITS, units), "hidden": (more, units), "hidden_bias": (more,),
        "output": (of, more), "centre": (DIGITS, of), "spread": (of,), "low": (DIGITS, of), "high": (DIGITS, of),
        "ridge": (), "steps": (),
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].shape != shape or max(shape, default=0) > MAX_UNITS:
            raise ValueError(f"expected {name} of the shape as {shape}, got {arrays[name].shape}")
    steps, ridge = float(arrays.pop("steps")), float(arrays.pop("ridge"))
    if not steps.is_integer() or not 1 <= steps <= 100 or min(ridge, arrays["spread"].min()) < LEAST:
        raise ValueError(f"expected a shape with 1 to 100 whole steps, and ridge and spread of at least {LEAST:g}")
    if (arrays["low"] > arrays["high"]).any():
        raise ValueError("expected low of the shape not above high")
    return Directions(**arrays, ridge=ridge, steps=int(steps))


def _member(stored: Any, name: str | None) -> dict[str, Any]:
    """The object `name` of an object of JSON, or that object itself."""
    value = stored.get(name) if name is not None and isinstance(stored, dict) else stored
    if not isinstance(value, dict):
        raise ValueError(f"expected {name or 'it'} of the shape as an object, got {brief(value)}")
    return value


def _number(value: Any, name: str) -> float:
    array = _numbers(value, name)
    if array.ndim:
        raise ValueError(f"expected {name} of the shape as one number, got {array.shape}")
    return float(array)


def _numbers(value: Any, name: str) -> Values:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"expected {name} of the shape as numbers, got rows of unequal length") from error
    if array.dtype.kind not in "iuf" or not (np.abs(array) <= MAX_NUMBER).all():
        raise ValueError(f"expected {name} of the shape as finite numbers within {MAX_NUMBER:g} of 0")
    return array.astype(np.float64)


def _listed(value: Values | float) -> Any:
    return np.round(value, 4).tolist() if isinstance(value, np.ndarray) else value
