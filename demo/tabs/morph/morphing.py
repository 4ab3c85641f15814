"""All pictures of the way from one style and digit to another, and a GIF of it."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from demo.door import question
from demo.door.answers import Answer, rounded
from demo.door.interpolation import Vary, morph_codes
from demo.door.pictures import base64_bytes, gif_bytes
from demo.door.style import end_of_morph

Array = NDArray[np.floating]
STEPS = 101  # pictures, both ends included, one for each place of the slider
GIF_STEPS = 51
GIF_SCALE = 8
GIF_MILLISECONDS = 40  # a frame: 2 s from end to end, as the page plays it


def morph(model: Any, asked: Any) -> Answer:
    """{start: {style, digit}, end: {style, digit}, vary} -> the pictures of all steps with style and likeliest digit
    of each, and the pictures of the two ends as they were given."""
    ends = both_ends(model, asked)
    styles, digits = morph_codes(*ends[0], *ends[1], STEPS, varied(model, asked))
    pictures = write(model, [*styles, *(style for style, _ in ends)], [*digits, *(digit for _, digit in ends)])
    return {
        "pictures": base64_bytes(pictures[:STEPS]),
        "ends": base64_bytes(pictures[STEPS:]),
        "style": [rounded(style) for style in styles],
        "digits": digits.argmax(axis=1).tolist(),
    }


def gif(model: Any, asked: Any) -> Answer:
    """The same question -> base64 of a GIF that goes there and back."""
    ends = both_ends(model, asked)
    pictures = write(model, *morph_codes(*ends[0], *ends[1], GIF_STEPS, varied(model, asked)))
    return {"gif": base64.b64encode(gif_bytes(pictures, GIF_SCALE, GIF_MILLISECONDS)).decode("ascii")}


def varied(model: Any, asked: Any) -> Vary:
    return question.vary(question.field(asked, "vary"), model.conditional)


def both_ends(model: Any, asked: Any) -> list[tuple[Array, Array]]:
    """The style (Z,) and the digit as a one-hot row (10,), of start and end."""
    ends = [question.field(asked, name) for name in ("start", "end")]
    return [end_of_morph(model, {"style": question.field(end, "style"), "digit": end.get("digit")}) for end in ends]


def write(model: Any, styles: ArrayLike, digits: ArrayLike) -> Array:
    return model.write(np.asarray(styles), np.asarray(digits) if model.conditional else None)
