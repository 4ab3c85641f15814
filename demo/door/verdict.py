"""A reading in words: sure, torn between two, more than one digit, or none at all."""

from dataclasses import dataclass

import numpy as np

from demo.door.reading import Reading

SURE = 0.9  # probability of the first digit
LIKELY = 0.6


@dataclass(frozen=True)
class Verdict:
    kind: str  # sure, likely, torn, strange or several
    words: str


def judge(reading: Reading) -> Verdict:
    if reading.strangeness > 0 and reading.several:
        return Verdict("several", "This looks like more than one digit.")
    if reading.strangeness > 0:
        return Verdict("strange", "This does not look like a digit.")
    if reading.probabilities is None:
        return Verdict("sure", "This looks like a digit.")
    second, first = np.argsort(reading.probabilities)[-2:]
    probability = reading.probabilities[first]
    if probability >= SURE:
        return Verdict("sure", f"Surely {a(first)}.")
    if probability >= LIKELY:
        return Verdict("likely", f"Probably {a(first)}, or else {a(second)}.")
    return Verdict("torn", f"Torn between {first} and {second}.")


def a(digit: int) -> str:
    """A digit with its article: a 7, an 8."""
    return f"{'an' if digit == 8 else 'a'} {digit}"
