"""A sheet as SVG: one path a sign."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from vae_core.writing.layout import MARGIN, Sheet
from vae_core.writing.outlines import Array, Outline

UNITS = 32  # of a path in one pixel of the model; whole numbers keep it short
RULE_WIDTH = 0.35  # pixels
RULE_BELOW = 1.5  # pixels, from the baseline to the line that is ruled
RULE_STRENGTH = 0.25  # of the ink


@dataclass(frozen=True)
class Look:
    """scale: of one pixel of the model, whose digits are 20 high. ink, paper: #rrggbb, None for no paper at all."""

    scale: float = 4.0
    ink: str = "#1c1917"
    paper: str | None = None
    ruled: bool = False


def svg_text(sheet: Sheet, look: Look) -> str:
    """The whole file. It tells its text to whoever cannot see it."""
    size = sheet.width, sheet.height
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'width="{size[0] * look.scale:.1f}" height="{size[1] * look.scale:.1f}" '
        f'viewBox="0 0 {size[0] * UNITS:.0f} {size[1] * UNITS:.0f}">',
        f"<title>{escape(sheet.text)}</title>",
    ]
    if look.paper:
        parts.append(f'<rect width="100%" height="100%" fill="{look.paper}"/>')
    if look.ruled:
        ends = f"{MARGIN / 2 * UNITS:.0f}", f"{(size[0] - MARGIN / 2) * UNITS:.0f}"
        rules = "".join(f"M{ends[0]} {y:.0f}H{ends[1]}" for y in np.multiply(rules_of(sheet), UNITS))
        parts.append(f'<path d="{rules}" stroke="{look.ink}" {RULED}/>')
    parts.append(f'<g fill="{look.ink}">')
    parts += [f'<path d="{path_of(outline)}"/>' for outline in sheet.outlines if outline.contours]
    return "\n".join([*parts, "</g></svg>\n"])


RULED = f'stroke-width="{RULE_WIDTH * UNITS:.0f}" stroke-opacity="{RULE_STRENGTH}"'


def rules_of(sheet: Sheet) -> list[float]:
    """How far down a line is ruled, each, in pixels."""
    return [baseline + RULE_BELOW for baseline in sheet.baselines]


def path_of(outline: Outline) -> str:
    """The data of an SVG path, in UNITS."""
    return "".join(map(_closed, outline.contours))


def _closed(contour: Array) -> str:
    """One closed B-spline: a parabola from middle to middle, each told from where the last one ended."""
    middles = np.rint(UNITS * (contour + np.roll(contour, 1, axis=0)) / 2).astype(int)
    after = np.roll(middles, -1, axis=0)
    steps = np.concatenate([np.rint(UNITS * contour).astype(int) - middles, after - middles], axis=1)
    spans = "".join([f"q{a} {b} {c} {d}" for a, b, c, d in steps.tolist()])
    return f"M{middles[0, 0]} {middles[0, 1]}{spans}z".replace(" -", "-")
