"""Every screen and hand: what one needs at once fits any window, and a finger or wheel that scrolls only scrolls."""

import hand
import pytest
from playwright.sync_api import Locator, Page, expect

WINDOWS = [(320, 320), (568, 320), (667, 375), (844, 390), (360, 740), (390, 844), (700, 700), (768, 1024), (1280, 400)]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
SWIPE = 120  # CSS pixels
ROOM = 44  # CSS pixels for a finger to scroll by, as the guidelines of telephones have it
TABS = ["Draw", "Explore", "Write", "Map", "Morph", "Inside", "Compare", "Scorecard"]

# Where a point of what sticks to the window is covered by something else.
COVERED = """() => [...document.querySelectorAll("body *")].flatMap((stuck) => {
    const box = stuck.getBoundingClientRect();
    if (getComputedStyle(stuck).position !== "sticky" || !box.width || box.top < -1 || box.top > 80) return [];
    const shares = [0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98];
    return shares.flatMap((x) => shares.flatMap((y) => {
        const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
        const fine = !top || stuck.contains(top) || top.contains(stuck);
        return fine ? [] : [`${stuck.id || stuck.className}: ${top.outerHTML.slice(0, 80)}`];
    }));
})"""


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    hand.rest(page)


def is_seen(place: Locator) -> bool:
    """Whether all of it is in the window."""
    script = """(e) => { const b = e.getBoundingClientRect();
        return b.width > 0 && b.top > -1 && b.left > -1 && b.bottom < innerHeight + 1 && b.right < innerWidth + 1; }"""
    return place.evaluate(script)


def swipe(page: Page, at: tuple[float, float], right: float = 0, down: float = 0) -> None:
    """One finger goes so far over the window."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, *fingers: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in fingers]})

    send("touchStart", at)
    for k in range(1, 13):
        send("touchMove", (at[0] + right * k / 12, at[1] + down * k / 12))
    send("touchEnd")


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_pad_and_reading_fit_together_in_any_window_with_room_to_scroll_beside(page: Page) -> None:
    hand.draw(page, hand.digit(8))
    hand.wait_for_digit(page, 8)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        pad = page.locator("#pad canvas")
        page.evaluate("scrollTo(0, 0)")
        pad.scroll_into_view_if_needed()
        assert hand.eventually(page, lambda pad=pad: is_seen(pad)), (width, height)
        for part in ("#reading", "#reading .digit", "#verdict"):
            assert hand.eventually(page, lambda part=part: is_seen(page.locator(part))), (width, height, part)
        box = pad.bounding_box()
        assert box and abs(box["width"] - box["height"]) < 1
        assert width - box["width"] >= 2 * ROOM, (width, height, box)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height)


@pytest.mark.parametrize("options", [PHONE], ids=["phone"])
def test_the_reading_is_seen_while_a_finger_draws(page: Page) -> None:
    hand.touch(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    assert is_seen(page.locator("#reading")) and is_seen(page.locator("#pad canvas"))
    before = page.evaluate("scrollY")
    pad = page.locator("#pad canvas").bounding_box()
    assert pad
    swipe(page, ((pad["x"] + pad["width"] + 360) / 2, pad["y"] + pad["height"] - 20), down=-SWIPE)
    assert hand.eventually(page, lambda: page.evaluate("scrollY") > before + SWIPE / 2)
    hand.wait_for_digit(page, 3)


SLIDERS = [
    ("Explore", "#z0 input[type=range]"),
    ("Explore", "#shape-slant"),
    ("Explore", "#temperature"),
    ("Morph", "#morph-slider"),
    ("Inside", "#inside-scale"),
    ("Compare", "#compare-first"),
]


@pytest.mark.parametrize("options", [PHONE], ids=["phone"])
def test_a_slider_takes_a_touch_only_when_it_moves_along_it(page: Page) -> None:
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)
    for tab, slider in SLIDERS:
        open_tab(page, tab)
        place = page.locator(slider)
        place.evaluate("(e) => e.scrollIntoView({ block: 'center' })")
        hand.rest(page)
        value, x, y = place.input_value(), *middle(place)
        box = place.bounding_box()
        assert box
        off = box["x"] + box["width"] * 0.8  # where no thumb is
        for at in ((x, y), (off, y)):
            before = page.evaluate("scrollY")
            down = -SWIPE if before < SWIPE else SWIPE
            swipe(page, at, down=down)
            assert hand.eventually(page, lambda before=before: abs(page.evaluate("scrollY") - before) > SWIPE / 2), (
                slider
            )
            assert place.input_value() == value, (slider, at)
            swipe(page, (at[0], middle(place)[1]), down=-down)
        page.touchscreen.tap(off, middle(place)[1])
        hand.rest(page)
        assert place.input_value() == value, slider
        swipe(page, (x, middle(place)[1]), right=box["width"] * 0.3)
        assert hand.eventually(page, lambda place=place, value=value: place.input_value() != value), slider


@pytest.mark.parametrize(
    "options", [PHONE, {**PHONE, "viewport": {"width": 568, "height": 320}}], ids=["up", "sideways"]
)
def test_what_sticks_to_the_window_is_covered_by_nothing(page: Page) -> None:
    for tab in TABS:
        open_tab(page, tab)
        if tab == "Inside":
            page.locator("#inside-walk").click()
        for _ in range(8):
            page.evaluate("scrollBy(0, 137)")
            assert page.evaluate(COVERED) == [], tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{"viewport": {"width": 700, "height": 700}, "device_scale_factor": 2}], ids=["2x"])
def test_the_corners_of_the_pad_are_paper_and_page(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.reload()
    page.wait_for_selector("#pad canvas[data-revision]")
    page.evaluate("document.querySelector('#pad').style.border = '0'")
    assert page.evaluate(CORNERS, page.locator("#pad").screenshot().hex()) == [], scheme


CORNERS = """async (hex) => {
    const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    const picture = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const grey = (x, y) => context.getImageData(x, y, 1, 1).data[1];
    const [page, paper] = [grey(0, 0), grey(picture.width / 2, 60)];
    const [low, high] = [Math.min(page, paper) - 8, Math.max(page, paper) + 8];
    const odd = [];
    for (let x = 0; x < 40; x++) for (let y = 0; y < 40; y++) {
        const value = grey(x, y);
        if (value < low || value > high) odd.push([x, y, value]);
    }
    return odd;
}"""


def test_the_wheel_over_the_map_scrolls_the_page_and_with_ctrl_it_zooms(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 500})
    open_tab(page, "Map")
    page.locator("#map[data-zoom]").wait_for()
    page.locator("#map").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(*middle(page.locator("#map")))
    page.mouse.wheel(0, 200)
    assert hand.eventually(page, lambda: page.evaluate("scrollY") > 50)
    hand.rest(page)
    assert float(page.locator("#map").get_attribute("data-zoom") or 0) == 1
    before = page.evaluate("scrollY")
    page.mouse.move(*middle(page.locator("#map")))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    assert hand.eventually(page, lambda: float(page.locator("#map").get_attribute("data-zoom") or 0) > 1.4)
    assert page.evaluate("scrollY") == before
    expect(page.locator("#map-how")).to_contain_text("Ctrl")
