"""What a model is given to see: a drawing or photo as one picture, and each digit of several by itself."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import vae_core
from demo.door import question
from demo.door.pictures import base64_bytes
from vae_core.drawing.marks import PAGE, Box, marks_of_strokes
from vae_core.drawing.preprocess import preprocess_each

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Sight:
    """`whole` (28, 28), the parts of it that may be digits, and how many there are."""

    whole: Array
    parts: tuple[Array, ...] = ()  # (28, 28) each, fewer than two where there is one digit
    boxes: tuple[Box, ...] = ()  # left, top, right, bottom of each, in the drawing's unit or in shares of a picture
    count: int = 1  # of a page of writing more than there are parts

    def told(self) -> dict[str, Any]:
        """As a page is told of it, and asks for its reading."""
        told: dict[str, Any] = {"image": base64_bytes(self.whole), "count": self.count}
        return told | ({"parts": base64_bytes(np.stack(self.parts))} if len(self.parts) > 1 else {})


def sight_of_strokes(strokes: list[Any]) -> Sight:
    whole = vae_core.render_strokes(strokes)
    drawn = [points for points in (np.asarray(stroke, dtype=np.float64) for stroke in strokes) if points.size]
    groups = marks_of_strokes(drawn)[:PAGE]
    if len(groups) < 2:
        return Sight(whole)
    parts = [[drawn[k] for k in members] for members in groups]
    corners = [np.concatenate(part) for part in parts]
    boxes = tuple((*map(float, points.min(axis=0)), *map(float, points.max(axis=0))) for points in corners)
    return Sight(whole, tuple(map(vae_core.render_strokes, parts)), boxes, len(groups))  # type: ignore[arg-type]


def sight_of_picture(picture: Any) -> Sight:
    whole, marks, count = preprocess_each(picture)
    return Sight(whole, tuple(part for _, part in marks), tuple(box for box, _ in marks), count)


def asked_sight(asked: Any) -> Sight:
    """Of a page's question: {strokes}, or {image} with its {parts, count} where there are several."""
    if not isinstance(asked, dict) or "image" not in asked:
        return sight_of_strokes(question.strokes(question.field(asked, "strokes")))
    parts = question.images(asked["parts"], PAGE) if "parts" in asked else ()
    return Sight(question.image(asked["image"]), parts, count=question.whole(asked.get("count", 1), "count", 0, 10**6))
