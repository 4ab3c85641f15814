"""Mouse, pen and fingers that come and go as they do: releases nobody saw, palms, second fingers."""

import hand
import pytest
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
Stroke = list[list[int]]

KEPT = "dispatchEvent(new Event('pagehide')); JSON.parse(sessionStorage.page).drawing?.strokes ?? []"
SEND = """([type, x, y, told]) => {
    const canvas = document.querySelector("#pad canvas");
    const box = canvas.getBoundingClientRect();
    const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
    const kind = { pointerId: 1, pointerType: "mouse", button: 0, buttons: 1, ...told };
    const event = new PointerEvent(type, { bubbles: true, cancelable: true, ...place, ...kind });
    (type === "blur" ? window : canvas).dispatchEvent(event);
}"""


def strokes(page: Page) -> list[Stroke]:
    """What is on the pad."""
    return page.evaluate(KEPT)


def send(page: Page, kind: str, x: float, y: float, **told: object) -> None:
    """An event of a pointer at a share of the pad."""
    page.evaluate(SEND, [kind, x, y, told])


LOST = [("pointermove", {"buttons": 0}), ("blur", {}), ("lostpointercapture", {}), ("pointercancel", {})]


def test_a_release_that_was_not_seen_ends_the_stroke(page: Page) -> None:
    for count, (kind, told) in enumerate(LOST, start=1):
        send(page, "pointerdown", 0.2, 0.2 * count)
        send(page, "pointermove", 0.6, 0.2 * count)
        send(page, kind, 0.6, 0.2 * count, **told)
        send(page, "pointermove", 0.9, 0.9)
        assert [len(stroke) for stroke in strokes(page)] == [2] * count, kind
    box = page.locator("#pad canvas").bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 20)
    for x in (120, 160):  # the browser tells of no release, and the button is up
        session.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": box["x"] + x, "y": box["y"] + 90})
    assert [len(stroke) for stroke in strokes(page)] == [2] * 5


def test_a_pen_takes_over_from_a_palm_whose_marks_go(page: Page) -> None:
    palm, pen = {"pointerId": 7, "pointerType": "touch"}, {"pointerId": 8, "pointerType": "pen"}
    send(page, "pointerdown", 0.8, 0.8, **palm, isPrimary=True)
    send(page, "pointermove", 0.4, 0.8, **palm)
    send(page, "pointerdown", 0.2, 0.2, **pen)
    send(page, "pointermove", 0.3, 0.8, **palm)
    send(page, "pointermove", 0.2, 0.6, **pen)
    assert strokes(page) == [[[200, 200], [200, 600]]]
    send(page, "pointerdown", 0.9, 0.9, pointerId=9, pointerType="touch")  # more of the palm
    send(page, "pointermove", 0.9, 0.5, pointerId=9, pointerType="touch")
    send(page, "pointermove", 0.2, 0.8, **pen)
    for pointer in (pen, palm, {"pointerId": 9, "pointerType": "touch"}):
        send(page, "pointerup", 0.2, 0.8, **pointer)
    assert strokes(page) == [[[200, 200], [200, 600], [200, 800]]]
    page.locator("#undo").click()
    assert strokes(page) == []
    expect(page.locator("#undo")).to_be_disabled()  # the palm left no step
    send(page, "pointerdown", 0.5, 0.5, **palm)
    send(page, "pointerup", 0.5, 0.5, **palm)
    assert len(strokes(page)) == 1


@pytest.mark.parametrize("options", [PHONE])
def test_a_second_finger_ends_the_stroke_and_the_page_zooms(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    box = page.locator("#pad canvas").bounding_box()
    assert box
    left, top = box["x"], box["y"]

    def touch(kind: str, *places: tuple[float, float]) -> None:
        fingers = [{"x": left + x, "y": top + y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (60, 60))
    for y in range(70, 200, 10):
        touch("touchMove", (60, y))
    touch("touchStart", (60, 190), (200, 190))
    touch("touchEnd")
    assert len(strokes(page)) == 1  # it was long: it stays
    touch("touchStart", (120, 120))
    touch("touchMove", (124, 122))
    assert len(strokes(page)) == 2
    touch("touchStart", (124, 122), (200, 200))
    for k in range(1, 9):
        touch("touchMove", (124 - 8 * k, 122 - 8 * k), (200 + 8 * k, 200 + 8 * k))
    touch("touchEnd")
    assert len(strokes(page)) == 1
    assert hand.eventually(page, lambda: page.evaluate("visualViewport.scale") > 1.2)
