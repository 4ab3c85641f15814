"""Signs that are no digits: which are left aside, and who is never on both sides."""

from pathlib import Path

import numpy as np
import pytest

from vae_core.data import DataError
from vae_core.pen_signs import KEPT_OUT, LOOK_ALIKES, load_pen_signs, split_by_alphabet

KINDS = np.array(
    ["Latin/character02", "Latin/character03", "Greek/character01", "Korean/character22", "Ogham/character01"]
)


def write(path: Path, kinds: np.ndarray = KINDS, **changes: np.ndarray) -> Path:
    """Each sign two strokes of two points; the first point's x tells which sign it is."""
    count = len(KINDS)
    arrays = {
        "points": np.repeat(np.arange(count), 4)[:, None].astype(np.float16) * np.ones((1, 2), np.float16),
        "stroke_offsets": np.arange(0, 4 * count + 1, 2, dtype=np.int32),
        "sign_offsets": np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        "labels": kinds,
    }
    np.savez(path, **(arrays | changes))
    return path


def test_signs_that_look_like_digits_are_left_aside(tmp_path: Path) -> None:
    signs = load_pen_signs(write(tmp_path / "signs.npz"))
    assert signs.kinds.tolist() == ["Latin/character03", "Greek/character01", "Ogham/character01"]
    assert [len(strokes) for strokes in signs.strokes] == [2, 2, 2]
    assert [strokes[0][0, 0] for strokes in signs.strokes] == [1, 2, 4]


def test_no_alphabet_is_on_both_sides(tmp_path: Path) -> None:
    signs = load_pen_signs(write(tmp_path / "signs.npz"))
    shown, kept_out = (split_by_alphabet(signs, train) for train in (True, False))
    assert shown.alphabets.tolist() == ["Latin", "Ogham"]
    assert kept_out.alphabets.tolist() == ["Greek"]


@pytest.mark.parametrize(
    "kinds",
    [np.arange(5), np.array(["Latin"] * 5), np.array(["Latin/characterxx"] * 5), KINDS[:4], KINDS.astype(object)],
    ids=["numbers", "no sign", "no number", "too few", "objects"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, kinds: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"signs\.npz"):
        load_pen_signs(write(tmp_path / "signs.npz", kinds))


def test_a_file_of_digits_is_no_file_of_signs(data_folder: Path) -> None:
    with pytest.raises(DataError, match="pen strokes"):
        load_pen_signs(data_folder / "pen-digits-dev.npz")


def test_the_signs_on_this_machine_are_of_five_alphabets(data_folder: Path) -> None:
    signs = load_pen_signs(data_folder / "pen-signs-dev.npz")
    assert set(signs.alphabets) == set(LOOK_ALIKES)
    assert len(signs.strokes) == 20 * (136 - sum(map(len, LOOK_ALIKES.values())))
    assert set(split_by_alphabet(signs, train=False).alphabets) == set(KEPT_OUT)
