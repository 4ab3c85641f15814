"""A reading in words: sure, torn between two, or not a digit at all."""

from dataclasses import dataclass

import numpy as np

from demo.door.reading import Reading

SURE = 0.9  # probability of the first digit
LIKELY = 0.6
STRANGE = 0.18  # strangeness above which it is no digit; measured by benchmarks/verdict.py
DOUBT_WEIGHT = 0.3


@dataclass(frozen=True)
class Verdict:
    kind: str  # sure, likely, torn or strange
    words: str


def strangeness(reading: Reading) -> float:
    """0 for a digit like those learnt; what decoder and classifier cannot explain adds to it.

    The decoder's part is the squared error of the reconstruction as a share of the squared ink, the classifier's
    its doubt, 1 - the highest probability. Either alone misses half of the letters.
    """
    unexplained = float(np.square(reading.seen - reading.reconstruction).sum() / np.square(reading.seen).sum())
    doubt = 0.0 if reading.probabilities is None else 1.0 - float(reading.probabilities.max())
    return unexplained + DOUBT_WEIGHT * doubt


def judge(reading: Reading) -> Verdict:
    if strangeness(reading) > STRANGE:
        return Verdict("strange", "This does not look like a digit.")
    if reading.probabilities is None:
        return Verdict("sure", "This looks like a digit.")
    second, first = np.argsort(reading.probabilities)[-2:]
    probability = reading.probabilities[first]
    if probability >= SURE:
        return Verdict("sure", f"Surely a {first}.")
    if probability >= LIKELY:
        return Verdict("likely", f"Probably a {first}, or else a {second}.")
    return Verdict("torn", f"Torn between {first} and {second}.")
