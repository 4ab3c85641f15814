"""A text in somebody's hand, as a sheet of outlines."""

from typing import TYPE_CHECKING

import numpy as np

from vae_core.writing.hand import Hand, Manner, write_digits
from vae_core.writing.layout import Setting, Sheet, grounded, lay_out
from vae_core.writing.marks import STROKES, WOBBLE, mark, pen_of
from vae_core.writing.outlines import trace
from vae_core.writing.text import read_text

if TYPE_CHECKING:
    from vae_core.inference import Model


def write(model: "Model", text: object, hand: Hand, manner: Manner, setting: Setting) -> Sheet:
    """The text as that hand writes it in that manner, set as told; everything is decoded and traced in one batch.

    Raises ValueError for a text that cannot be written, and for a model without digits, or without a measured shape
    where that is to change.
    """
    plain = read_text(text)
    if not model.conditional:
        raise ValueError(f"expected a model that takes a digit, got {model.name!r}")
    digits, ten = write_digits(model, hand, plain, manner)
    traced = trace(np.concatenate([digits, ten]))
    pen = pen_of(ten, traced[len(digits) :])
    written = iter(traced)
    outlines = {}
    for index, sign in enumerate(plain):
        if sign.isdigit():
            outlines[index] = grounded(next(written))
        elif sign in STROKES:
            rng = np.random.default_rng((manner.seed, index))
            outlines[index] = mark(sign, pen, WOBBLE * manner.variation, rng)
    return lay_out(plain, outlines, pen.slope, setting)
