"""Where digits lie on a map of a model's latent space: the test set's as points, and one drawing with its spread."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

import vae_core
from demo.door import question
from demo.door.mnist_sample import labelled_digits

Answer = dict[str, Any]
Array = NDArray[np.floating]
MODELS_KEPT = 8  # their points are remembered


def points(model: Any, asked: Any) -> Answer:
    """The map's origin (Z,) and its two axes (2, Z), the share of the digits' variance in their plane, and the test
    digits as points: x (N,), y (N,) in units of the prior's sigma, and digits (N,)."""
    return chart(model)


@functools.lru_cache(MODELS_KEPT)
def chart(model: Any) -> Answer:
    pictures, digits = labelled_digits()
    codes = model.encode(pictures).mean
    origin, axes = plane_of(codes)
    places = (codes - origin) @ axes.T
    variance = max(codes.var(axis=0).sum(), 1e-12)  # a collapsed model's codes do not vary at all
    return {
        "origin": short(origin, 6),
        "axes": short(axes, 6),
        "share": round(float(places.var(axis=0).sum() / variance), 4),
        "x": short(places[:, 0], 3),
        "y": short(places[:, 1], 3),
        "digits": digits.tolist(),
        "conditional": model.conditional,
    }


def plane_of(codes: Array) -> tuple[Array, Array]:
    """Origin (Z,) and orthonormal axes (2, Z) of the plane that codes (N, Z) vary most in (PCA).

    Two values are a plane already, and shown as they are. An axis points to where its largest number is positive.
    """
    count = codes.shape[1]
    if count <= 2:
        return np.zeros(count), np.eye(2, count)
    origin = codes.mean(axis=0, dtype=np.float64)
    axes = np.linalg.svd(codes - origin, full_matrices=False)[2][:2]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    return origin, axes * np.sign(largest)


def locate(model: Any, asked: Any) -> Answer:
    """{strokes} or {image} -> z and std (Z,), the posterior of that drawing."""
    if isinstance(asked, dict) and "image" in asked:
        seen = question.image(asked["image"])
    else:
        seen = vae_core.render_strokes(question.strokes(question.field(asked, "strokes")))
    posterior = model.encode(seen)
    return {"z": short(posterior.mean[0], 4), "std": short(posterior.std[0], 4)}


def short(values: Array, decimals: int) -> list[Any]:
    return np.asarray(values, dtype=np.float64).round(decimals).tolist()
