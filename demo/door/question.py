"""What a page sends: JSON of any shape. Here it is bounded and taken apart; vae_core checks the numbers themselves."""

import base64
import binascii
import json
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.door.interpolation import Vary

STROKE_LIMIT = 200
POINT_LIMIT = 4000
PICTURE_LIMIT = 600  # pictures decoded for one question
SIGMA_LIMIT = 20.0  # how far from the prior's mean a style may lie
SIDE = 28  # pixels
QUOTED = 20  # characters


def quoted(value: Any) -> str:
    """A value as an error quotes it: as JSON has it, cut short."""
    try:
        text = json.dumps(value)
    except (ValueError, TypeError, RecursionError):
        text = "something else"
    return text if len(text) <= QUOTED else f"{text[:QUOTED]} …"


def field(asked: Any, name: str) -> Any:
    """One named part of a JSON object."""
    if not isinstance(asked, dict) or name not in asked:
        raise ValueError(f"expected an object with the field {name!r}")
    return asked[name]


def strokes(value: Any) -> list[Any]:
    """Pen strokes, a list of lists of [x, y], as vae_core.render_strokes takes them."""
    if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
        raise ValueError("expected strokes as a list of lists of [x, y]")
    count = sum(map(len, value))
    if len(value) > STROKE_LIMIT or count > POINT_LIMIT:
        raise ValueError(
            f"expected at most {STROKE_LIMIT} strokes and {POINT_LIMIT} points, got {len(value)} and {count}"
        )
    return value


def image(value: Any) -> NDArray[np.float32]:
    """Base64 of 784 grey bytes, ink bright, to (28, 28) in [0, 1]."""
    try:
        grey = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError):
        grey = b""
    if len(grey) != SIDE * SIDE:
        raise ValueError(f"expected an image as base64 of {SIDE} x {SIDE} grey bytes")
    return (np.frombuffer(grey, dtype=np.uint8).reshape(SIDE, SIDE) / 255).astype(np.float32)


def images(value: Any, most: int, name: str = "parts", least: int = 2) -> tuple[NDArray[np.float32], ...]:
    """Base64 of `least` pictures or more, one after another, each as `image` takes it."""
    text = value if isinstance(value, str) else ""
    try:
        grey = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        grey = b""
    count, rest = divmod(len(grey), SIDE * SIDE)
    if rest or not least <= count <= most:
        raise ValueError(f"expected {name} as base64 of {least} to {most} pictures of {SIDE} x {SIDE} grey bytes")
    return tuple((np.frombuffer(grey, dtype=np.uint8).reshape(-1, SIDE, SIDE) / 255).astype(np.float32))


def codes(value: Any, name: str = "style") -> NDArray[np.float64]:
    """One style, or what is called `name`, or a list of them, in units of the prior's sigma, to (Z,) or (N, Z)."""
    if isinstance(value, list) and len(value) > PICTURE_LIMIT:
        raise ValueError(f"expected at most {PICTURE_LIMIT} of {name}, got {len(value)}")
    try:
        code = np.asarray(value, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"expected {name} as a list of numbers, or a list of such lists") from None
    if not (np.abs(code) <= SIGMA_LIMIT).all():  # also refuses NaN
        raise ValueError(f"expected each number of {name} to lie between -{SIGMA_LIMIT:g} and {SIGMA_LIMIT:g}")
    return code


def digits(value: Any, conditional: bool) -> Any:
    """A digit, a list of them or a list of rows of ten probabilities, as Model.decode takes them; a model without
    digit input is given none."""
    if not conditional:
        return None
    listed = value if isinstance(value, list) else [value]
    if 1 <= len(listed) <= PICTURE_LIMIT:
        if all(type(digit) is int and 0 <= digit <= 9 for digit in listed):
            return value
        if all(isinstance(row, list) and len(row) == 10 for row in listed):
            return codes(listed, "digits")
    raise ValueError("expected digits as whole numbers from 0 to 9, or rows of ten probabilities")


def whole(value: Any, name: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"expected {name} as a whole number from {least} to {most}, got {quoted(value)}")
    return value


def number(value: Any, name: str, least: float, most: float) -> float:
    if type(value) not in (int, float) or not least <= value <= most:  # also refuses NaN
        raise ValueError(f"expected {name} as a number from {least:g} to {most:g}, got {quoted(value)}")
    return value


def flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected {name} as true or false, got {quoted(value)}")
    return value


def choice(value: Any, name: str, among: Collection[str]) -> str:
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"expected {name} as one of {', '.join(among)}, got {quoted(value)}")
    return value


def vary(value: Any, conditional: bool) -> Vary:
    """What changes on the way of a morph; of a model without digits there is only the style."""
    ways: tuple[Vary, ...] = ("style", "digit", "both") if conditional else ("style", "both")
    if value not in ways:
        raise ValueError(f"expected vary as {' or '.join(ways)}, got {quoted(value)}")
    return value
