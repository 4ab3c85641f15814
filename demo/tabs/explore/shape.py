"""The second bank of Explore's sliders: slant, thickness and size of the drawn digit instead of values of the style."""

from typing import Any

import numpy as np

from demo.door import question
from demo.door.answers import Answer, rounded

CHANGE_LIMIT = 200.0  # degrees or pixels


def shape(model: Any, asked: Any) -> Answer:
    """{style, digit, by: five changes} -> the style whose picture differs by so many degrees and pixels, its measures
    (as fitted, not measured in the picture), and between what that digit's sliders run."""
    if model.shape is None:
        raise ValueError(f"expected a model whose shape was measured, got {model.name!r}")
    directions = model.shape.directions
    style = question.codes(question.field(asked, "style"))
    digit = question.whole(question.field(asked, "digit"), "digit", 0, 9)
    by = question.field(asked, "by")
    if style.shape != (model.latent_dim,) or not isinstance(by, list) or len(by) != len(directions.spread):
        raise ValueError(f"expected {model.latent_dim} numbers as style and {len(directions.spread)} as by")
    changes = np.array([question.number(change, "each change", -CHANGE_LIMIT, CHANGE_LIMIT) for change in by])
    digits = np.array([digit])
    moved = directions.move(style[None], digits, changes[None]) if changes.any() else style[None]
    return {
        "style": rounded(np.clip(moved[0], -question.SIGMA_LIMIT, question.SIGMA_LIMIT)),
        "values": rounded(directions.measures(moved, digits)[0]),
        "low": rounded(directions.low[digit]),
        "high": rounded(directions.high[digit]),
    }
