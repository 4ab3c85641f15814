"""Digits and made non-digits on which strangeness is fitted, and digits kept aside to set its threshold."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core.data import Digits, PenDigits, load_mnist, load_pen_digits, split_by_writer
from vae_core.drawing import non_digits
from vae_core.drawing.augment import PEN_WIDTHS, vary_strokes, warp
from vae_core.drawing.preprocess import preprocess
from vae_core.drawing.strokes import render_strokes
from vae_core.evaluation.evaluate import draw_picture
from vae_core.pen_signs import PenSigns, load_pen_signs, split_by_alphabet

COUNT = 3000  # MNIST digits as they are, as many warped, and so on in proportion
ASIDE = 5000  # MNIST's last training digits set the threshold
WRITERS_ASIDE = 6  # one pen writer in so many sets the threshold
LONGEST = 5  # digits in a row
ONES = 0.3  # of the numbers that people write begin with a 1 (Benford's law), which is narrow
NO_DIGIT = -1  # has no flourishes

Array = NDArray[np.float32]
Rng = np.random.Generator
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """What pictures are made from: MNIST's training digits, pen digits of training writers, signs, fonts."""

    train: Digits
    pen: PenDigits
    signs: PenSigns
    fonts: Sequence[non_digits.Font]


@dataclass(frozen=True)
class Pictures:
    """images (N, 28, 28) with kinds (N,): 0 one digit, 1 none, 2 several; and digits kept aside, (M, 28, 28) each."""

    images: Array
    kinds: NDArray[np.int64]
    aside: list[Array]


def load_sources(data: str, strokes: str, signs: str, fonts: str) -> Sources:
    """Those of a folder of MNIST, files of pen digits and pen signs, and a folder of fonts; raises ValueError."""
    return Sources(
        load_mnist(data, True),
        split_by_writer(load_pen_digits(strokes), train=True),
        split_by_alphabet(load_pen_signs(signs), train=True),
        non_digits.find_fonts(fonts),
    )


def split_aside(sources: Sources) -> tuple[tuple[Digits, PenDigits], tuple[Digits, PenDigits]]:
    """The digits to learn from, and those that set the threshold."""
    train = sources.train
    first, last = (Digits(train.images[part], train.labels[part]) for part in (slice(-ASIDE), slice(-ASIDE, None)))
    return (first, set_aside(sources.pen, False)), (last, set_aside(sources.pen, True))


def make_pictures(sources: Sources, count: int, seed: int, say: Say) -> Pictures:
    """All that strangeness is fitted on and calibrated by, about 10 `count`; the same seed makes the same."""
    rng = np.random.default_rng(seed)
    makers = (digits_to_fit, made_strange, made_several)
    kinds = [make(sources, count, rng, say) for make in makers]
    return Pictures(
        np.concatenate(kinds), np.repeat(np.arange(3), [len(kind) for kind in kinds]), digits_aside(sources, rng)
    )


def set_aside(pen: PenDigits, aside: bool) -> PenDigits:
    """The digits of the writers whose digits set the threshold, or of the others."""
    chosen = [
        i for i, w in enumerate(pen.writers) if (hashlib.md5(w.encode()).digest()[0] % WRITERS_ASIDE == 0) == aside
    ]
    return PenDigits([pen.strokes[i] for i in chosen], pen.labels[chosen], pen.writers[chosen])


def digits_to_fit(sources: Sources, count: int, rng: Rng, say: Say) -> Array:
    """(N, 28, 28): real digits as they are and changed as people's hands would change them."""
    say("drawing digits ...")
    pool, pen = sources.train.images[:-ASIDE], set_aside(sources.pen, False)
    order = torch.from_numpy(rng.permutation(len(pool)))
    plain, warped = (_floats(pool[part]) for part in (order[:count], order[count : 2 * count]))
    chosen = rng.permutation(len(pen.strokes))[: 2 * count]
    varied = [render_strokes(*vary_strokes(pen.strokes[i], int(pen.labels[i]), rng)) for i in chosen]
    pictured = [preprocess(draw_picture(pen.strokes[i], rng)) for i in chosen[: count // 8]]
    drawn = np.stack([*varied, *pictured])
    return np.concatenate([plain, _warp(warped, rng), drawn, _warp(drawn[::3], rng)])


def digits_aside(sources: Sources, rng: Rng) -> list[Array]:
    """MNIST digits as they are, and pen digits varied, (N, 28, 28) each, of which strangeness is not fitted on any."""
    pen = set_aside(sources.pen, True)
    varied = [render_strokes(*vary_strokes(s, int(d), rng)) for s, d in zip(pen.strokes, pen.labels, strict=True)]
    return [_floats(sources.train.images[-ASIDE:]), np.stack(varied)]


def made_strange(sources: Sources, count: int, rng: Rng, say: Say) -> Array:
    """(N, 28, 28) that are no digit."""
    images, labels = sources.train.images.numpy()[:-ASIDE], sources.train.labels.numpy()[:-ASIDE]
    signs, pen = sources.signs.strokes, set_aside(sources.pen, False).strokes
    drawn = {
        "scribbles": (non_digits.scribble, 2 * count // 3),
        "invented letters": (non_digits.glyph, count // 2),
        "lines": (non_digits.lines, count // 4),
        "shapes": (non_digits.shape, count // 8),
        "dots": (non_digits.dots, count // 8),
        "mixed signs": (lambda rng: non_digits.mixed(signs, rng), count // 3),
        "spliced strokes": (lambda rng: non_digits.spliced(pen, rng), count // 2),
    }
    pictures = []
    for name, (make, wanted) in drawn.items():
        say(f"drawing {name} ...")
        pictures += [_draw(make(rng), rng) for _ in range(wanted)]
    say("drawing signs, letters and spoilt digits ...")
    written = [render_strokes(*vary_strokes(strokes, NO_DIGIT, rng)) for strokes in signs]
    written += [non_digits.letter(rng, sources.fonts) for _ in range(count // 2)]
    written += [non_digits.spoilt(images, labels, rng) for _ in range(count // 2)]
    return np.concatenate([np.stack(pictures + written), _warp(np.stack(written), rng)])


def made_several(sources: Sources, count: int, rng: Rng, say: Say) -> Array:
    """(N, 28, 28) of two to five digits side by side."""
    say("drawing rows of digits ...")
    images, labels = sources.train.images.numpy()[:-ASIDE], sources.train.labels.numpy()[:-ASIDE]
    pen = set_aside(sources.pen, False)

    def some(digits: NDArray[np.integer]) -> NDArray[np.intp]:
        chosen = rng.integers(len(digits), size=rng.choice([2, 2, 2, 3, 4, LONGEST]))
        if rng.random() < ONES:
            chosen[0] = rng.choice(np.flatnonzero(digits == 1))
        return chosen

    pictures = [non_digits.row_of_pictures(list(images[some(labels)]), rng) for _ in range(count // 4)]
    rows = (non_digits.row_of_strokes([pen.strokes[i] for i in some(pen.labels)], rng) for _ in range(count // 2))
    return np.stack([*pictures, *(_draw(row, rng) for row in rows)])


def _draw(strokes: list[NDArray[np.floating]], rng: Rng) -> Array:
    return render_strokes(strokes, float(rng.uniform(*PEN_WIDTHS)))


def _floats(images: torch.Tensor) -> Array:
    return images.numpy().astype(np.float32) / np.float32(255)


def _warp(pictures: Array, rng: Rng) -> Array:
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    return torch.cat([warp(part, generator) for part in torch.from_numpy(pictures).split(500)]).clamp(0, 1).numpy()
