"""Take a picture of every tab, wide, dark and on a phone; the README shows some of them.

    python app.py &
    python scripts/screenshots.py --url http://127.0.0.1:7860/ --out docs

Needs the packages of requirements-dev.txt and a Chromium: $CHROMIUM, one on the path, or Playwright's own.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STROKES = Path(__file__).resolve().parent.parent / "tests" / "browser" / "strokes.json"
SCREENS = {  # name: width and height in pixels, colour scheme
    "": (1280, 900, "light"),
    "-dark": (1280, 900, "dark"),
    "-phone": (360, 740, "light"),
}
SETTLE = 3000  # milliseconds for the last answer to be painted


def draw(page: Page, digit: int) -> None:
    """Draw one of the tests' digits on the pad with the mouse."""
    strokes = next(example["strokes"] for example in json.loads(STROKES.read_text()) if example["digit"] == digit)
    pad = page.locator("#pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + box["width"] * (0.2 + 0.006 * x), box["y"] + box["height"] * (0.18 + 0.006 * y))
            if k == 0:
                page.mouse.down()
        page.mouse.up()
    page.wait_for_timeout(SETTLE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:7860/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--digit", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, (width, height, scheme) in SCREENS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(options.url)
            page.wait_for_selector("#pad canvas[data-revision]")
            page.wait_for_timeout(SETTLE)
            draw(page, options.digit)
            for tab in page.get_by_role("tab").all():
                tab.click()
                page.wait_for_timeout(SETTLE)
                page.screenshot(path=options.out / f"{tab.inner_text().lower()}{name}.png", full_page=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
