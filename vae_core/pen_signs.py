"""Pen strokes of signs that are no digits, and which of them look like one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_core.data import DataError, read_strokes

LOOK_ALIKES = {  # numbers of the signs, by alphabet, that may well be read as a digit
    "Balinese": (14,),
    "Early_Aramaic": (2, 3, 5, 12, 13, 14, 16, 17),
    "Greek": (4, 6, 9, 15, 18),
    "Korean": (21, 22, 27, 33),
    "Latin": (1, 2, 7, 9, 10, 12, 15, 17, 19, 26),
}
KEPT_OUT = ("Balinese", "Greek")  # alphabets that are shown to no model


@dataclass(frozen=True)
class PenSigns:
    """strokes[i] is a list of (N, 2) arrays, x right, y down; kinds (N,) as ALPHABET/characterNN."""

    strokes: list[list[NDArray[np.float32]]]
    kinds: NDArray[np.str_]

    @property
    def alphabets(self) -> NDArray[np.str_]:
        return np.array([kind.split("/")[0] for kind in self.kinds])

    def take(self, chosen: NDArray[np.bool_]) -> "PenSigns":
        return PenSigns([self.strokes[i] for i in np.flatnonzero(chosen)], self.kinds[chosen])


def load_pen_signs(path: str | Path) -> PenSigns:
    """The signs of an .npz that no digit resembles; raises DataError where it is missing, damaged or something else."""
    strokes, kinds = read_strokes(path, "sign_offsets", "labels")
    named = kinds.shape == (len(strokes),) and kinds.dtype.kind == "U"
    if not named or not all(kind.count("/") == 1 and kind[-2:].isdecimal() for kind in kinds):
        raise DataError(f"{path}: expected {len(strokes)} labels as ALPHABET/characterNN")
    alike = [int(kind[-2:]) in LOOK_ALIKES.get(kind.split("/")[0], ()) for kind in kinds]
    return PenSigns(strokes, kinds).take(~np.array(alike))


def split_by_alphabet(signs: PenSigns, train: bool) -> PenSigns:
    """The signs of the alphabets for training, or of those kept out of it."""
    kept_out = np.isin(signs.alphabets, KEPT_OUT)
    return signs.take(~kept_out if train else kept_out)
