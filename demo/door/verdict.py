"""A reading in words: sure, torn between two, more than one digit, or none at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.door.reading import Reading
from demo.door.several import Part, are_digits, in_words

SURE = 0.9  # probability of the first digit
LIKELY = 0.6
WORD = 4  # marks of which most are no digits


@dataclass(frozen=True)
class Verdict:
    kind: str  # sure, likely, torn, strange or several
    words: str

    @property
    def doubt(self) -> str | None:
        """Why what was read may be no digit: strange or several; None where nothing speaks against it."""
        return self.kind if self.kind in ("strange", "several") else None


def judge(reading: Reading, parts: Sequence[Part] = (), page: bool = False) -> Verdict:
    """Of a reading, of its `parts` where there are several, and whether it is a `page` of writing."""
    if page:
        return Verdict("strange", "This looks like a page of writing. Show one digit, or a few.")
    if are_digits(parts, reading):
        return Verdict("several", f"{in_words(parts)}.")
    if len(parts) >= WORD and reading.strangeness > 0:
        return Verdict("strange", "This looks like writing, not like digits.")
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
