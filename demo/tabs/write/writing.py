"""A text in the hand of one or more drawings: its outlines as numbers for the page, and as files."""

import base64
from typing import Any

import numpy as np

from demo.door import question
from demo.door.answers import Answer, rounded
from demo.door.written import FILES, look_of, sheet_of
from vae_core.writing.layout import Sheet
from vae_core.writing.svg import UNITS, rules_of


def write(model: Any, asked: Any) -> Answer:
    """{text, styles, variation, seed, slant, thickness, spacing, width, columns} -> the outline of each sign with ink.

    width, height, rules: of the sheet and how far down its lines are ruled, in the model's pixels. signs: for each sign
    its index in the text, where its outline's corner is, and of how many control points each contour of it is.
    points: base64 of all control points from that corner on, int16 in `units` of a pixel, x and y by turns.
    """
    sheet = asked_sheet(model, asked)
    signs, points = [], [np.empty((0, 2))]
    for index, outline in zip(sheet.indices, sheet.outlines, strict=True):
        if outline.contours:
            corner = outline.points.min(axis=0)
            signs.append([index, *rounded(corner), [len(contour) for contour in outline.contours]])
            points.append(outline.points - corner)
    numbers = np.rint(UNITS * np.concatenate(points)).astype("<i2")
    return {
        "width": round(sheet.width, 2),
        "height": round(sheet.height, 2),
        "rules": rounded(rules_of(sheet)),
        "units": UNITS,
        "signs": signs,
        "points": base64.b64encode(numbers.tobytes()).decode("ascii"),
    }


def written(model: Any, asked: Any) -> Answer:
    """The same question with {kind: png, svg or gif, scale, ink, paper, ruled} -> base64 of that file."""
    make = FILES[question.choice(question.field(asked, "kind"), "kind", FILES)]
    return {"file": base64.b64encode(make(asked_sheet(model, asked), look_of(asked))).decode("ascii")}


def asked_sheet(model: Any, asked: Any) -> Sheet:
    return sheet_of(model, question.field(asked, "text"), question.field(asked, "styles"), asked)
