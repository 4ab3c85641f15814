"""How often the Draw tab says "this does not look like a digit": of digits, and of what is none.

    python -m benchmarks.verdict --data data --strokes pen-digits.npz

Digits are MNIST's test set and pen digits of writers kept out of training. The rest is made here: scribbles, letters
and signs that no digit resembles, dots and lines. Prints the shares at the threshold in demo/door/verdict.py, and
where the threshold would have to be to doubt one pen digit in a hundred.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import vae_core
from demo.door.reading import read_picture
from demo.door.verdict import STRANGE, strangeness
from vae_core.data import Digits, load_mnist, load_pen_digits, render_pen_digits, split_by_writer

COUNT = 500  # pictures of each kind
LETTERS = "ACEFHJKLMNPQRTUVWXYacdefhkmnprtuvwxy&@#%?!$"

Array = NDArray[np.float32]


def scribble(rng: np.random.Generator) -> Array:
    """One to three strokes that wander: random walks or jumps, straight or rounded."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        corners = int(rng.integers(4, 12))
        steps = rng.normal(size=(corners, 2))
        path = steps.cumsum(axis=0) if rng.random() < 0.5 else 2 * steps
        at = np.linspace(0, corners - 1, 6 * corners)
        stroke = np.stack([np.interp(at, np.arange(corners), path[:, axis]) for axis in (0, 1)], axis=1)
        if rng.random() < 0.5:
            stroke = np.stack([np.convolve(stroke[:, axis], np.full(5, 0.2), "valid") for axis in (0, 1)], axis=1)
        strokes.append(stroke)
    return vae_core.render_strokes(strokes)


def letter(rng: np.random.Generator) -> Array:
    """A printed letter or sign, a little turned."""
    page = Image.new("L", (260, 260), 255)
    font = ImageFont.load_default(size=int(rng.integers(60, 160)))
    ImageDraw.Draw(page).text((60, 40), str(rng.choice(list(LETTERS))), font=font, fill=0)
    return vae_core.preprocess(page.rotate(rng.uniform(-12, 12), fillcolor=255))


def dots(rng: np.random.Generator) -> Array:
    return vae_core.render_strokes([rng.random((1, 2)) for _ in range(rng.integers(1, 6))])


def flat_line(rng: np.random.Generator) -> Array:
    return vae_core.render_strokes([np.array([[0.0, 0.0], [1.0, rng.uniform(-0.15, 0.15)]])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="conv")
    parser.add_argument("--data", required=True, help="directory with MNIST/raw")
    parser.add_argument("--strokes", required=True, help="pen digits, .npz")
    options = parser.parse_args()
    model = vae_core.load_model(options.model)
    rng = np.random.default_rng(0)
    torch.set_num_threads(1)  # one small batch at a time

    def some(digits: Digits) -> Array:
        return digits.take(torch.from_numpy(rng.permutation(len(digits))[:COUNT]))[0].numpy()

    def made(make: Callable[[np.random.Generator], Array]) -> Array:
        return np.stack([make(rng) for _ in range(COUNT)])

    kinds = {
        "pen digits": some(render_pen_digits(split_by_writer(load_pen_digits(options.strokes), train=False))),
        "MNIST test digits": some(load_mnist(options.data, train=False)),
        "scribbles": made(scribble),
        "letters and signs": made(letter),
        "dots": made(dots),
        "flat lines": made(flat_line),
    }
    print(f"{COUNT} pictures of each kind, threshold {STRANGE}\n| what | does not look like a digit |\n| --- | --- |")
    scores = {}
    for kind, pictures in kinds.items():
        scores[kind] = np.array([strangeness(read_picture(model, x)) for x in pictures])
        print(f"| {kind} | {(scores[kind] > STRANGE).mean():.1%} |")
    print(f"\nOne pen digit in a hundred is above {np.quantile(scores['pen digits'], 0.99):.3f}.")


if __name__ == "__main__":
    main()
