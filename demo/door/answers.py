"""What the page may ask while a person draws or slides. Nothing is kept between two questions."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

import vae_core
from demo.door import question
from demo.door.faults import fault
from demo.door.graphs import described
from demo.door.models import Models
from demo.door.pictures import base64_bytes
from demo.door.reading import read_picture
from demo.door.several import is_page, read_parts, turned
from demo.door.shelves import page_of
from demo.door.sight import asked_sight
from demo.door.verdict import judge

Answer = dict[str, Any]
Asked = Callable[[Any], Answer]  # from what was asked, of any shape, to the answer
EACH_LIMIT = 4
log = logging.getLogger(__name__)
SENTENCE_LIMIT = 200  # characters of an answer that quotes what was sent


def catalog_of(models: Models) -> Asked:
    def catalog(asked: Any) -> Answer:
        """{token} -> {names} of the models there are, those among them that this page brought."""
        return {"names": models.names(page_of(asked.get("token") if isinstance(asked, dict) else None))}

    return catalog


def describe_of(models: Models) -> Asked:
    def describe(asked: Any) -> Answer:
        """{model} -> what the page must know of it."""
        return described(models, question.field(asked, "model"))

    return describe


def decode_each_of(models: Models) -> Asked:
    def decode_each(asked: Any) -> Answer:
        """{questions: a few of `decode`} -> {answers}: two models side by side cost one request."""
        questions = question.field(asked, "questions")
        if not isinstance(questions, list) or not 1 <= len(questions) <= EACH_LIMIT:
            raise ValueError(f"expected questions as a list of 1 to {EACH_LIMIT}")
        answer = politely(of_a_model(models, decode))
        return {"answers": [answer(one) for one in questions]}

    return decode_each


def by_name(*answers: Asked) -> dict[str, Asked]:
    """Answers by the name they are asked under, that of the function."""
    return {answer.__name__: answer for answer in answers}


def of_a_model(models: Models, answer: Callable[[Any, Any], Answer]) -> Asked:
    """`answer` of the model that is asked: the one named in the question, or the app's first."""

    def answered(asked: Any) -> Answer:
        return answer(models.get(asked.get("model") if isinstance(asked, dict) else None), asked)

    answered.__name__ = answer.__name__
    return answered


def politely(answer: Asked) -> Asked:
    """A bad question gets {"error": one sentence} rather than a failed request, and so does a fault of ours."""

    def polite(asked: Any) -> Answer:
        try:
            return answer(asked)
        except vae_core.BlankDrawing:
            return {"error": "There is nothing to read yet: draw a digit first."}
        except ValueError as error:
            return {"error": sentence(str(error))}
        except Exception as error:
            return {"error": fault(log, answer.__name__, error)[1]}

    polite.__name__ = answer.__name__
    return polite


def sentence(message: str) -> str:
    """An exception's message as a person reads it."""
    short = message if len(message) <= SENTENCE_LIMIT else message[:SENTENCE_LIMIT] + " …"
    return f"{short[:1].upper()}{short[1:]}."


def read(model: Any, asked: Any) -> Answer:
    """{strokes} or {image, parts, count} -> the digit, probabilities, style, a verdict and every picture the Draw tab
    shows; each of several digits by itself, and how a picture that lies on its side is turned. `brief` leaves out what
    takes most of the time, the spread and the hand, and that turn, for who shows none of them."""
    sight, brief = asked_sight(asked), question.flag(asked.get("brief", False), "brief")
    reading = read_picture(model, sight.whole, brief)
    parts = read_parts(model, sight)
    verdict = judge(reading, parts, is_page(sight))
    answer = {
        "style": rounded(reading.style),
        "verdict": {"kind": verdict.kind, "words": verdict.words},
        "seen": base64_bytes(reading.seen),
        "reconstruction": base64_bytes(reading.reconstruction),
        "parts": [
            {"digit": part.digit, "doubt": part.strange, "image": base64_bytes(part.picture)}
            for part in parts
            if verdict.kind == "several"
        ],
    }
    if reading.probabilities is not None:
        answer["digit"] = int(reading.probabilities.argmax())
        answer["probabilities"] = rounded(reading.probabilities)
    if reading.spread is not None:
        answer["spread"] = base64_bytes(2 * reading.spread)  # a standard deviation of values in [0, 1] is at most 0.5
    if reading.hand is not None:
        answer["hand"] = base64_bytes(reading.hand)
    if "image" in asked and not brief and not parts and (way := turned(model, reading)):
        answer["turned"] = {"digit": way.digit, "quarters": way.quarters, "image": base64_bytes(way.picture)}
    return answer


def read_of(is_busy: Callable[[], bool]) -> Callable[[Any, Any], Answer]:
    """`read`, for a hand that moves on: a question that says `hurry` is answered briefly while others wait."""

    def hurried(model: Any, asked: Any) -> Answer:
        if isinstance(asked, dict) and question.flag(asked.get("hurry", False), "hurry") and is_busy():
            asked = {**asked, "brief": True}
        return read(model, asked)

    hurried.__name__ = read.__name__
    return hurried


def decode(model: Any, asked: Any) -> Answer:
    """{style: (Z,) or (N, Z), digit: one or N} -> the pictures; one style may meet many digits, and one digit many."""
    style = question.codes(question.field(asked, "style"))
    digits = question.digits(question.field(asked, "digit"), model.conditional)
    return {"pictures": base64_bytes(model.write(style, digits))}


def translate(model: Any, asked: Any) -> Answer:
    """{z: (Z,), digit} -> the style of the picture that the decoder draws of that z: links once told z."""
    z = question.codes(question.field(asked, "z"), "z")
    digits = question.digits(question.field(asked, "digit"), model.conditional)
    return {"style": rounded(np.clip(model.to_style(z, digits)[0], -question.SIGMA_LIMIT, question.SIGMA_LIMIT))}


def rounded(values: Any) -> list[float]:
    return [round(float(value), 4) for value in values]
