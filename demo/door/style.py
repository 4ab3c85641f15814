"""A style, and its digit, as a program gives them: numbers, a seed, or a drawing to take them from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.door import question
from demo.door.drawing import look_at
from demo.door.reading import DIGITS

Array = NDArray[np.floating]
SEED_LIMIT = 2**63 - 1
TEMPERATURE_LIMIT = 10.0
WAYS = ("strokes", "picture", "style", "z", "seed")


def random_styles(model: Any, seed: Any, temperature: Any, count: int) -> Array:
    """(count, Z) of N(0, temperature^2 I), repeatable with a seed from 0; without one, different each time."""
    rng = np.random.default_rng(None if seed is None else question.whole(seed, "seed", 0, SEED_LIMIT))
    scale = question.number(temperature, "temperature", 0, TEMPERATURE_LIMIT)
    return scale * rng.standard_normal((count, model.latent_dim), dtype=np.float32)


def end_of_morph(model: Any, end: Any) -> tuple[Array, Array]:
    """The style (Z,) and digit probabilities (10,) of one end; a drawing brings its digit, unless another is given."""
    told = {way: end[way] for way in WAYS if end.get(way) is not None} if isinstance(end, dict) else {}
    if len(told) != 1:
        raise ValueError(f"expected each end as an object with one of {', '.join(WAYS)}, got {len(told)} of them")
    digit = None if end.get("digit") is None else question.whole(end["digit"], "digit", 0, DIGITS - 1)
    if not told.keys() & {"strokes", "picture"}:
        if digit is None and model.conditional:
            raise ValueError("expected a digit beside the style, z or seed of each end")
        return given_style(model, told, digit), np.eye(DIGITS)[digit or 0]
    seen = look_at(told.get("strokes"), told.get("picture")).whole
    digits = model.classify(seen)[0] if digit is None and model.conditional else np.eye(DIGITS)[digit or 0]
    return model.style(seen)[0], digits


def given_style(model: Any, told: dict[str, Any], digit: int | None) -> Array:
    if "seed" in told:
        return random_styles(model, told["seed"], 1.0, 1)[0]
    (name,) = told
    code = question.codes(told[name], name)
    if code.shape != (model.latent_dim,):
        raise ValueError(f"expected {name} of an end as a list of {model.latent_dim} numbers")
    return code if name == "style" else model.to_style(code, digit if model.conditional else None)[0]
