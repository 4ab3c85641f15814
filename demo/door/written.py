"""What the page and programs ask to be written, bounded and taken apart, and the files that are made of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.door import question
from demo.door.drawing import look_at
from demo.door.hand import DRAWINGS
from demo.door.style import SEED_LIMIT
from vae_core.writing.hand import MAX_SLANT, MAX_THICKNESS, Manner, hand_of
from vae_core.writing.layout import Setting, Sheet
from vae_core.writing.raster import gif_bytes, png_bytes
from vae_core.writing.svg import Look, svg_text
from vae_core.writing.write import write

Array = NDArray[np.floating]

PICTURES = 10  # at most, that are looked at for one: a photo takes longer than strokes do
VARIATION_LIMIT = 2.0
SPACING = (0.0, 4.0)
WIDTH = (60.0, 20_000.0)  # of a line, in pixels of the model, whose digits are 20 high
SCALE = (0.5, 64.0)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
FILES: dict[str, Callable[[Sheet, Look], bytes]] = {
    "png": png_bytes,
    "svg": lambda sheet, look: svg_text(sheet, look).encode(),
    "gif": gif_bytes,
}


def sheet_of(model: Any, text: Any, styles: Any, options: Mapping[str, Any]) -> Sheet:
    """The text in the hand of those styles, (Z,) or (K, Z); of the options those that are told."""
    rows = np.atleast_2d(question.codes(styles))
    if rows.ndim != 2 or rows.shape[1] != model.latent_dim or not 1 <= len(rows) <= DRAWINGS:
        raise ValueError(f"expected 1 to {DRAWINGS} styles of {model.latent_dim} numbers each")
    return write(model, text, hand_of(rows), manner_of(options), setting_of(options))


def manner_of(options: Mapping[str, Any]) -> Manner:
    usual = Manner()
    return Manner(
        question.number(options.get("variation", usual.variation), "variation", 0.0, VARIATION_LIMIT),
        question.whole(options.get("seed", usual.seed), "seed", 0, SEED_LIMIT),
        question.number(options.get("slant", usual.slant), "slant", -MAX_SLANT, MAX_SLANT),
        question.number(options.get("thickness", usual.thickness), "thickness", -MAX_THICKNESS, MAX_THICKNESS),
    )


def setting_of(options: Mapping[str, Any]) -> Setting:
    usual, width = Setting(), options.get("width")
    return Setting(
        question.number(options.get("spacing", usual.spacing), "spacing", *SPACING),
        None if width is None else question.number(width, "width", *WIDTH),
        question.flag(options.get("columns", usual.columns), "columns"),
    )


def look_of(options: Mapping[str, Any]) -> Look:
    usual, paper = Look(), options.get("paper")
    return Look(
        question.number(options.get("scale", usual.scale), "scale", *SCALE),
        colour(options.get("ink", usual.ink), "ink"),
        None if paper is None else colour(paper, "paper"),
        question.flag(options.get("ruled", usual.ruled), "ruled"),
    )


def colour(value: Any, name: str) -> str:
    if not isinstance(value, str) or not COLOUR.fullmatch(value):
        raise ValueError(f"expected {name} as a colour such as #1c1917, got {question.quoted(value)}")
    return value


def styles_of(model: Any, strokes: Any, picture: Any, style: Any) -> Any:
    """The styles of a hand that a program tells by one of the three: drawings, one or a list of them, or styles."""
    told = [value for value in (strokes, picture, style) if value is not None]
    if len(told) != 1:
        raise ValueError(f"expected one of strokes, picture and style, got {len(told)} of them")
    if style is not None:
        return style
    listed = drawings_of(strokes) if picture is None else picture if isinstance(picture, list) else [picture]
    most = DRAWINGS if picture is None else PICTURES
    if not 1 <= len(listed) <= most:
        raise ValueError(f"expected 1 to {most} drawings, got {len(listed)}")
    seen = [look_at(drawing, None) if picture is None else look_at(None, drawing) for drawing in listed]
    return model.style(np.stack([sight.whole for sight in seen])).tolist()


def drawings_of(strokes: Any) -> list[Any]:
    """One drawing's strokes, or a list of several drawings', as a list of drawings."""
    first = strokes
    for _ in range(3):  # drawing, stroke, point
        first = first[0] if isinstance(first, list) and first else None
    return strokes if isinstance(first, list) else [strokes]
