"""The hand of a person's drawings: the style of each, what they agree on, ten digits in it, how well it is known."""

from typing import Any

import numpy as np

from demo.door import question
from demo.door.answers import Answer, rounded
from demo.door.leaning import leaning
from demo.door.pictures import base64_bytes
from vae_core.config import DIGITS
from vae_core.writing.course import course_of
from vae_core.writing.hand import hand_of

DRAWINGS = 100  # at most, that a hand is made of


def hand(model: Any, asked: Any) -> Answer:
    """{images: base64 of pictures, digits: one each} -> what they tell of the hand.

    styles: of each drawing. style: the hand's. pictures: the ten digits in it, none of a model without digits. course:
    how it came to be known, drawing by drawing, as course.py tells. words: how sure it is, and how it leans.
    """
    pictures = np.stack(question.images(question.field(asked, "images"), DRAWINGS, "images", least=1))
    digits = asked_digits(question.field(asked, "digits"), len(pictures))
    styles = model.style(pictures, digits if model.conditional else None)
    style, course = hand_of(styles).style, course_of(styles)
    answer = {
        "styles": [rounded(row) for row in styles],
        "style": rounded(style),
        "pictures": "",
        "course": {name: rounded(values) for name, values in vars(course).items()},
        "words": words(len(pictures), course.known[-1], leaning(model, pictures, digits)),
    }
    if model.conditional:
        answer["pictures"] = base64_bytes(model.write(style, np.arange(DIGITS)))
    return answer


def asked_digits(value: Any, count: int) -> Any:
    if not isinstance(value, list) or len(value) != count:
        raise ValueError(f"expected digits as a list of {count}, one for each image")
    return np.array([question.whole(digit, "each digit", 0, DIGITS - 1) for digit in value])


def words(count: int, known: float, clauses: list[str]) -> str:
    told = f"From {count} drawing{'s' * (count != 1)}, {known:.0%} sure".replace("%", " %")
    return f"{'; '.join([told, *clauses])}."
