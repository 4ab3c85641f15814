"""Signs to their places."""

from itertools import pairwise

import numpy as np
import pytest

from vae_core.writing.layout import LEADING, Setting, Sheet, grounded, lay_out
from vae_core.writing.outlines import Outline


def box(width: float, height: float) -> Outline:
    """A sign with a rectangle of ink, that stands on the baseline."""
    corners = [(0, -height), (width, -height), (width, 0), (0, 0)]
    return grounded(Outline((np.array(corners, dtype=np.float64),)))


def sheet(text: str, slope: float = 0.0, **setting: object) -> Sheet:
    widths = {"1": 3.0, "0": 14.0, "7": 10.0, "-": 6.0}
    signs = {index: box(widths[sign], 20.0) for index, sign in enumerate(text) if sign in widths}
    return lay_out(text, signs, slope, Setting(**setting))  # type: ignore[arg-type]


def edges(of: Sheet) -> list[tuple[float, float]]:
    return [(float(o.points[:, 0].min()), float(o.points[:, 0].max())) for o in of.outlines]


def feet(of: Sheet) -> list[float]:
    return [float(o.points[:, 1].max()) for o in of.outlines]


def test_every_sign_stands_on_the_baseline_of_its_line() -> None:
    written = sheet("107\n0\n\n7")
    assert written.indices == [0, 1, 2, 4, 7]
    assert feet(written) == [written.baselines[line] for line in (0, 0, 0, 1, 3)]
    assert np.diff(written.baselines) == pytest.approx(LEADING)


def test_signs_are_as_wide_as_their_ink_and_spacing_widens_the_gaps_alone() -> None:
    usual, wide = edges(sheet("1070")), edges(sheet("1070", spacing=2.0))
    gaps = [b[0] - a[1] for a, b in pairwise(usual)]
    wider = [b[0] - a[1] for a, b in pairwise(wide)]
    assert gaps == pytest.approx([gaps[0]] * 3)
    assert wider == pytest.approx([2 * gaps[0]] * 3)
    assert [b - a for a, b in wide] == [b - a for a, b in usual] == [3, 14, 10, 14]


def test_everything_is_on_the_sheet_however_it_leans() -> None:
    for slope in (-0.8, 0.0, 0.8):
        signs = {k: Outline((box(10, 20).contours[0] @ [[1, 0], [-slope, 1]],)) for k in range(5)}
        written = lay_out("77777", signs, slope, Setting())
        points = np.concatenate([outline.points for outline in written.outlines])
        assert points.min() >= 0
        assert (points.max(axis=0) <= (written.width, written.height)).all()


def test_leaning_signs_keep_the_distance_of_upright_ones() -> None:
    slope = 0.6
    leaning = {k: Outline((box(10, 20).contours[0] @ [[1, 0], [-slope, 1]],)) for k in range(3)}
    feet_of = [o.contours[0][2:, 0].min() for o in lay_out("777", leaning, slope, Setting()).outlines]
    upright = [edge[0] for edge in edges(sheet("777"))]
    assert np.diff(feet_of) == pytest.approx(np.diff(upright))


def test_a_line_too_long_is_broken_after_its_last_space_or_anywhere_without_one() -> None:
    def lines(of: Sheet) -> list[str]:
        rows = [int(np.searchsorted(of.baselines, foot)) for foot in feet(of)]
        signs = [of.text[index] for index in of.indices]
        return ["".join(s for s, row in zip(signs, rows, strict=True) if row == line) for line in range(max(rows) + 1)]

    assert lines(sheet("000 000 000", width=120.0)) == ["000", "000", "000"]
    assert lines(sheet("0000000000", width=130.0)) == ["000000", "0000"]
    assert lines(sheet("0000000000")) == ["0000000000"]
    for width in (60.0, 90.0, 200.0, 500.0):
        broken = sheet("1007 070-1 0000000000000 7", width=width)
        assert "".join(lines(broken)) == "1007070-100000000000007"
        assert broken.width <= width


def test_in_columns_signs_stand_below_each_other_and_lines_end_together() -> None:
    written = sheet("107\n10\n0 1", columns=True)
    middles = [(a + b) / 2 for a, b in edges(written)]
    one, zero, seven, short, last, alone, end = middles
    assert (short, last) == pytest.approx((zero, seven))
    assert (alone, end) == pytest.approx((one, seven))


def test_a_text_without_ink_is_an_empty_sheet() -> None:
    written = sheet(" \n ")
    assert written.outlines == [] and len(written.baselines) == 2
    assert written.width > 0 and written.height > 0
