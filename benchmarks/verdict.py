"""How often a model says "this does not look like a digit", or like more than one: of digits, and of what is none.

    python -m benchmarks.verdict --data data --strokes pen-digits.npz --signs pen-signs.npz --fonts FOLDER

Digits are MNIST's test set and pen digits of writers kept out of all training. Nothing else was shown to the model
either: the generators here are not those of vae_core/drawing/non_digits.py, the fonts are Pillow's own and those in
FOLDER (default: Liberation; the model was shown DejaVu), the signs are of the alphabets kept out, and rows are made of
the kept-out writers' and the test set's digits. Prints each share with its 95 % interval.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import vae_core
from vae_core.data import load_mnist, load_pen_digits, render_pen_digits, split_by_writer
from vae_core.drawing.non_digits import LETTERS, find_fonts
from vae_core.evaluation.evaluate import draw_picture
from vae_core.evaluation.metrics import wilson_interval
from vae_core.pen_signs import load_pen_signs, split_by_alphabet

COUNT = 1000  # pictures made of each kind
FONTS = "/usr/share/fonts/truetype/liberation"
BATCH = 500

Array = NDArray[np.floating]
Rng = np.random.Generator


def scribble(rng: Rng) -> Array:
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


def letter(font: ImageFont.FreeTypeFont, rng: Rng) -> Array:
    """A printed letter or sign, a little turned."""
    page = Image.new("L", (300, 300), 255)
    sized = font.font_variant(size=int(rng.integers(60, 160)))
    ImageDraw.Draw(page).text((60, 40), str(rng.choice(list(LETTERS))), font=sized, fill=0)
    return vae_core.preprocess(page.rotate(rng.uniform(-12, 12), fillcolor=255))


def dots(rng: Rng) -> Array:
    return vae_core.render_strokes([rng.random((1, 2)) for _ in range(rng.integers(1, 6))])


def flat_line(rng: Rng) -> Array:
    return vae_core.render_strokes([np.array([[0.0, 0.0], [1.0, rng.uniform(-0.15, 0.15)]])])


def length(rng: Rng) -> int:
    """Of a number as people write it: mostly two digits, at most four."""
    return int(rng.choice([2, 2, 2, 3, 4]))


def pen_number(drawings: list[list[Array]], rng: Rng) -> Array:
    """Digits of one pad's height, each a gap of 0.1 to 0.4 of it beside the one before."""
    row, right = [], 0.0
    for index in rng.integers(len(drawings), size=length(rng)):
        points = np.concatenate(drawings[index])
        row += [stroke - points.min(0) + [right, 0] for stroke in drawings[index]]
        right += np.ptp(points[:, 0]) + rng.uniform(0.1, 0.4)
    return vae_core.render_strokes(row)


def pictured_number(pictures: NDArray[np.uint8], rng: Rng) -> Array:
    """Pictures (28, 28) beside each other, each cut to within 1 to 3 pixels of its ink."""
    margins = []
    for picture in pictures[rng.integers(len(pictures), size=length(rng))]:
        inked = np.flatnonzero(picture.max(axis=0))
        margin = int(rng.integers(1, 4))
        margins.append(picture[:, max(0, inked[0] - margin) : inked[-1] + 1 + margin])
    return vae_core.preprocess(np.pad(np.hstack(margins), 10))


def kinds(options: argparse.Namespace, rng: Rng) -> Iterator[tuple[str, Array]]:
    """What is judged: a name, and pictures (N, 28, 28)."""
    pen = split_by_writer(load_pen_digits(options.strokes), train=False)
    test = load_mnist(options.data, train=False)
    fonts = [ImageFont.load_default(size=100), *(ImageFont.truetype(str(font)) for font in find_fonts(options.fonts))]

    def made(make: Callable[[Rng], Array], count: int = COUNT) -> Array:
        return np.stack([make(rng) for _ in range(count)])

    yield "pen digits", render_pen_digits(pen).images.numpy() / np.float32(255)
    yield "pen digits as pictures", np.stack([vae_core.preprocess(draw_picture(s, rng)) for s in pen.strokes])
    yield "MNIST test digits", test.images.numpy() / np.float32(255)
    yield "scribbles", made(scribble)
    yield "printed letters, Pillow's font", made(lambda rng: letter(fonts[0], rng))  # type: ignore[arg-type]
    yield "printed letters, other fonts", made(lambda rng: letter(fonts[rng.integers(1, len(fonts))], rng))  # type: ignore[arg-type]
    yield "flat lines", made(flat_line)
    yield "dots", made(dots)
    signs = split_by_alphabet(load_pen_signs(options.signs), train=False)
    for alphabet in np.unique(signs.alphabets):
        chosen = signs.take(signs.alphabets == alphabet)
        yield f"signs, {alphabet}", np.stack([vae_core.render_strokes(strokes) for strokes in chosen.strokes])
    yield "several digits, pen", made(lambda rng: pen_number(pen.strokes, rng))
    yield "several digits, pictures", made(lambda rng: pictured_number(test.images.numpy(), rng))


def share(flags: NDArray[np.bool_]) -> str:
    low, high = wilson_interval(int(flags.sum()), len(flags))
    return f"{flags.mean():.1%} ({low:.1%} to {high:.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=[n for n in vae_core.available_models() if n != "plain"])
    parser.add_argument("--data", required=True, help="directory with MNIST/raw")
    parser.add_argument("--strokes", required=True, help="pen digits, .npz")
    parser.add_argument("--signs", required=True, help="pen signs, .npz")
    parser.add_argument("--fonts", default=FONTS, help="folder of fonts that the models were not shown")
    options = parser.parse_args()
    torch.set_num_threads(1)
    judged = dict(kinds(options, np.random.default_rng(0)))
    for name in options.models:
        model = vae_core.load_model(name)
        print(
            f"\n`{name}`\n\n| what | pictures | no digit, or more than one | more than one |\n| --- | --- | --- | --- |"
        )
        for kind, pictures in judged.items():
            doubt = model.doubt(pictures)
            strange = doubt.strangeness > 0
            print(f"| {kind} | {len(pictures)} | {share(strange)} | {share(strange & doubt.several)} |", flush=True)


if __name__ == "__main__":
    main()
