"""Random changes that leave a digit the same digit, so that the classifier reads more hands than it was shown."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from vae_core.config import IMAGE_SIZE

ROTATION = math.radians(12)  # largest turn
SHEAR = 0.25  # largest horizontal shear
LOG_SCALE = 0.14  # largest log of the size; each axis on its own
SHIFT = 0.11  # largest shift, in half pictures (0.11 x 14 = 1.5 pixels)
WARP = 0.055  # standard deviation of the elastic field at its 5 x 5 knots, in half pictures
KNOTS = 5

PEN_WIDTHS = (1.7, 3.4)  # pixels, MNIST's own range
FLOURISH = 0.3  # how often a zero is slashed, a seven crossed, a one given a flag, a base or both
FLOURISHES = {  # strokes in units of the digit's own box
    0: [[(0.9, 0.1), (0.1, 0.9)]],
    1: [[(-0.3, 1.0), (0.3, 1.0)], [(0.0, 0.0), (-0.28, 0.25)]],
    7: [[(0.25, 0.5), (0.95, 0.48)]],
}


def warp(x: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
    """A random affine and elastic map of every picture, (B, 28, 28) -> (B, 28, 28); Simard et al. 2003.

    All limits are multiplied by `strength`.
    """
    b = len(x)

    def uniform(limit: float) -> Tensor:
        limit *= strength
        return torch.empty(b, device=x.device).uniform_(-limit, limit, generator=generator)

    angle, shear = uniform(ROTATION), uniform(SHEAR)
    sx, sy = uniform(LOG_SCALE).exp(), uniform(LOG_SCALE).exp()
    cos, sin = angle.cos(), angle.sin()
    theta = torch.stack(
        [
            torch.stack([sx * cos, sx * (shear * cos - sin), uniform(SHIFT)], dim=1),
            torch.stack([sy * sin, sy * (shear * sin + cos), uniform(SHIFT)], dim=1),
        ],
        dim=1,
    )  # (B, 2, 3)
    grid = F.affine_grid(theta, [b, 1, IMAGE_SIZE, IMAGE_SIZE], align_corners=False)
    knots = torch.empty(b, 2, KNOTS, KNOTS, device=x.device).normal_(std=WARP * strength, generator=generator)
    field = F.interpolate(knots, size=(IMAGE_SIZE, IMAGE_SIZE), mode="bicubic", align_corners=True)
    grid = grid + field.permute(0, 2, 3, 1)  # (B, 28, 28, 2)
    return F.grid_sample(x[:, None], grid, align_corners=False)[:, 0]


def vary_strokes(
    strokes: list[NDArray[np.float32]], digit: int, rng: np.random.Generator
) -> tuple[list[NDArray[np.float32]], float]:
    """The same digit by another hand: slanted, stretched, coarser, with or without a flourish; and a pen width."""
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    if digit == 1:  # a stroke without width: its flourishes are measured by its height
        low, size = low + np.array([size[0] / 2, 0.0]), np.full(2, size[1])
    flourishes = [f for f in FLOURISHES.get(digit, []) if rng.random() < FLOURISH]
    jitter = rng.normal(0.0, 0.04, size=(len(flourishes), 2, 2))
    extra = [low + size * (np.array(f) + jitter[i]) for i, f in enumerate(flourishes)]
    shape = np.array([[1.0, rng.normal(0.0, 0.12)], [rng.normal(0.0, 0.04), 1.0]])  # shear of x by y, and of y by x
    shape[:, 0] *= math.exp(rng.normal(0.0, 0.12))
    skip = int(rng.choice([1, 1, 1, 2, 3]))  # a fast pen leaves fewer points
    kept = [s if len(s) < 8 * skip else np.concatenate([s[::skip], s[-1:]]) for s in strokes]
    return [(s @ shape.T).astype(np.float32) for s in [*kept, *extra]], float(rng.uniform(*PEN_WIDTHS))
