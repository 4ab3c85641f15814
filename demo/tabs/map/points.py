"""Where digits lie on a map of a model's space of styles: the test set's as points, and one drawing with its spread."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import vae_core
from demo.door import question
from demo.door.mnist_sample import labelled_digits
from demo.door.once import once_a_model

Answer = dict[str, Any]
Array = NDArray[np.floating]


def points(model: Any, asked: Any) -> Answer:
    """The map's origin (Z,) and its two axes (2, Z), the share of the digits' variance in their plane, and the test
    digits as points: x (N,), y (N,) in units of the prior's sigma, and digits (N,)."""
    return chart(model)


@once_a_model
def chart(model: Any) -> Answer:
    pictures, digits = labelled_digits()
    styles = model.style(pictures, digits if model.conditional else None)
    origin, axes = plane_of(styles)
    places = (styles - origin) @ axes.T
    variance = max(styles.var(axis=0).sum(), 1e-12)  # a collapsed model's styles do not vary at all
    return {
        "origin": short(origin, 6),
        "axes": short(axes, 6),
        "share": round(float(places.var(axis=0).sum() / variance), 4),
        "x": short(places[:, 0], 3),
        "y": short(places[:, 1], 3),
        "digits": digits.tolist(),
        "conditional": model.conditional,
    }


def plane_of(styles: Array) -> tuple[Array, Array]:
    """Origin (Z,) and orthonormal axes (2, Z) of the plane that styles (N, Z) vary most in (PCA).

    Two values are a plane already, and shown as they are. An axis points to where its largest number is positive.
    """
    count = styles.shape[1]
    if count <= 2:
        return np.zeros(count), np.eye(2, count)
    origin = styles.mean(axis=0, dtype=np.float64)
    axes = np.linalg.svd(styles - origin, full_matrices=False)[2][:2]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    return origin, axes * np.sign(largest)


def locate(model: Any, asked: Any) -> Answer:
    """{strokes} or {image} -> that drawing's style (Z,), and std (Z,), how far it may stray and mean the same."""
    if isinstance(asked, dict) and "image" in asked:
        seen = question.image(asked["image"])
    else:
        seen = vae_core.render_strokes(question.strokes(question.field(asked, "strokes")))
    posterior = model.encode(seen)
    z, std = posterior.mean[0], posterior.std[0]
    digit = int(model.classify(seen)[0].argmax()) if model.conditional else None
    steps = np.diag(std)  # a standard deviation of each dimension of z, in the flow's straight lines around z
    ahead, behind = (model.to_style(z + sign * steps, digit) for sign in (1, -1))
    spread = np.sqrt(np.square((ahead - behind) / 2).sum(axis=0))
    return {"style": short(model.to_style(z, digit)[0], 4), "std": short(spread, 4)}


def short(values: Array, decimals: int) -> list[Any]:
    return np.asarray(values, dtype=np.float64).round(decimals).tolist()
