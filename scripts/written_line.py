"""Make the README's picture of a written line: some drawings, and what is written in the hand that they show.

    python -m scripts.written_line --out docs/written.png

The drawings are those that the tests draw on the pad.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

import vae_core
from vae_core.pictures import sheet
from vae_core.writing.hand import Manner, hand_of
from vae_core.writing.layout import Setting
from vae_core.writing.raster import picture
from vae_core.writing.svg import Look
from vae_core.writing.write import write

STROKES = Path(__file__).resolve().parent.parent / "tests" / "browser" / "strokes.json"
INK, PAPER = "#1c3a6b", "#fffdf7"
SCALE, SMALL = 4, 3  # of a model's pixel, in the writing and in the drawings above it
GAP = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/written.png"))
    parser.add_argument("--text", default="3.14159 26535 89793\n2026-11-25  +1 (555) 010-0199")
    parser.add_argument("--model", default="conv")
    parser.add_argument("--drawn", type=int, nargs="+", default=[2, 4, 7], help="digits that the hand is made of")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    model, examples = vae_core.load_model(options.model), json.loads(STROKES.read_text())
    strokes = {example["digit"]: example["strokes"] for example in reversed(examples)}  # the first of each
    drawn = np.stack([vae_core.render_strokes(strokes[digit]) for digit in options.drawn])
    written = write(model, options.text, hand_of(model.style(drawn)), Manner(seed=options.seed), Setting())
    below = picture(written, Look(SCALE, INK, PAPER, ruled=True))
    above = Image.fromarray(255 - np.asarray(sheet(drawn, len(drawn), SMALL)))
    page = Image.new("RGB", (below.width + 2 * GAP, below.height + above.height + 3 * GAP), "#ffffff")
    page.paste(above, (GAP, GAP))
    page.paste(below, (GAP, above.height + 2 * GAP))
    page.save(options.out)


if __name__ == "__main__":
    main()
