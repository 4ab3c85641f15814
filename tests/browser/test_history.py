"""Every act that changes the pad is a step that can be taken back and taken again, by button and by key."""

from pathlib import Path

import hand
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

Key = dict[str, str | bool]

TYPE = """([selector, keys]) => {
    const { modifier, ...rest } = keys;
    const told = { bubbles: true, cancelable: true, [`modifier${modifier}`]: Boolean(modifier), ...rest };
    document.querySelector(selector).dispatchEvent(new KeyboardEvent("keydown", told));
    return [document.querySelector("#undo").disabled, document.querySelector("#redo").disabled];
}"""
NOTHING_TO_UNDO, NOTHING_TO_REDO = [True, False], [False, True]  # whether Undo and Redo are disabled


def ctrl(key: str, code: str, **held: bool) -> Key:
    return {"key": key, "code": code, "ctrlKey": True, **held}


UNDO: list[Key] = [
    ctrl("z", "KeyZ"),
    ctrl("Z", "KeyZ"),  # Caps Lock
    ctrl("я", "KeyZ"),
    ctrl("Ζ", "KeyZ"),  # Greek
    ctrl("ئ", "KeyZ"),
    ctrl("ז", "KeyZ"),
    ctrl("ผ", "KeyZ"),
    ctrl("z", "KeyY"),  # QWERTZ
    ctrl("z", "KeyW"),  # AZERTY
    ctrl("z", "Slash"),  # Dvorak
    {"key": "z", "code": "KeyZ", "metaKey": True},
]
REDO: list[Key] = [
    ctrl("y", "KeyY"),
    ctrl("Y", "KeyY"),
    ctrl("Z", "KeyZ", shiftKey=True),
    ctrl("z", "KeyZ", shiftKey=True),  # with Caps Lock
    ctrl("y", "KeyZ"),  # QWERTZ
    ctrl("y", "KeyT"),  # Dvorak
    ctrl("н", "KeyY"),
    ctrl("Я", "KeyZ", shiftKey=True),
    ctrl("غ", "KeyY"),
    ctrl("~", "KeyZ", shiftKey=True),  # Arabic, as the letter before has told
    {"key": "z", "code": "KeyZ", "metaKey": True, "shiftKey": True},
]
NEITHER: list[Key] = [
    {"key": "z", "code": "KeyZ"},
    ctrl("z", "KeyZ", altKey=True),  # AltGr on Windows
    ctrl("z", "KeyZ", metaKey=True),
    ctrl(";", "KeyZ"),  # Dvorak
    ctrl("w", "KeyZ"),  # AZERTY
    ctrl("é", "KeyZ"),
    ctrl("y", "KeyY", shiftKey=True),
    {**ctrl("z", "KeyZ"), "modifier": "AltGraph"},
]


@pytest.mark.answered_by("server", "browser", why="photos are read by the app")
def test_undo_and_redo_go_through_strokes_clear_test_digit_and_photo(page: Page, tmp_path: Path) -> None:
    undo, redo = page.locator("#undo"), page.locator("#redo")
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    page.locator("#clear").click()
    hand.wait_for_digit(page, "")
    page.locator("#examples button").nth(8).click()
    hand.wait_for_digit(page, 8)
    Image.open(Path(__file__).parents[2] / "demo/page/test-digits.png").crop((84, 0, 112, 28)).resize((300, 300)).point(
        lambda grey: 255 - grey
    ).save(tmp_path / "three.png")
    page.get_by_role("button", name="Use a photo").click()
    page.locator("#photo input[type=file]").set_input_files(tmp_path / "three.png")
    hand.wait_for_digit(page, 3)
    hand.draw(page, [[[50, 0], [50, 50], [50, 100]]])  # in the photo's place
    hand.wait_for_digit(page, 1)
    expect(redo).to_be_disabled()
    steps = [(3, undo.click), (8, lambda: page.keyboard.press("Control+z")), ("", undo.click), (4, undo.click)]
    for digit, act in steps:
        act()
        hand.wait_for_digit(page, digit)
    for digit, act in [
        ("", redo.click),
        (8, lambda: page.keyboard.press("Control+y")),
        (3, lambda: page.keyboard.press("Control+Shift+Z")),
    ]:
        act()
        hand.wait_for_digit(page, digit)
    expect(redo).to_be_enabled()
    page.locator("#clear").click()
    hand.wait_for_digit(page, "")
    expect(redo).to_be_disabled()  # another way was taken


def test_shortcuts_are_what_keys_mean_on_any_layout_with_the_modifiers_named(page: Page) -> None:
    page.locator("#pad canvas").click()
    for key in UNDO:
        assert page.evaluate(TYPE, ["body", key]) == NOTHING_TO_UNDO, key
        page.locator("#redo").click()
    for key in NEITHER:
        assert page.evaluate(TYPE, ["body", key]) == NOTHING_TO_REDO, key
    for key in REDO:
        if key["key"] == "~":
            page.evaluate(TYPE, ["body", ctrl("ئ", "KeyZ")])
        else:
            page.locator("#undo").click()
        assert page.evaluate(TYPE, ["body", key]) == NOTHING_TO_REDO, key
    page.locator("#pad").evaluate(
        "(pad) => pad.insertAdjacentHTML('beforeend', '<input id=text><p id=free contenteditable>')"
    )
    for field in ("#text", "#free"):
        assert page.evaluate(TYPE, [field, ctrl("z", "KeyZ")]) == NOTHING_TO_REDO


def test_delete_and_backspace_clear_only_on_the_pad_and_undo_brings_it_back(page: Page) -> None:
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    for place in (page.locator("h1"), page.get_by_role("tab", name="Draw")):
        place.click()
        for key in ("Delete", "Backspace"):
            page.keyboard.press(key)
    expect(page.locator("#clear")).to_be_enabled()
    page.locator("#pad canvas").focus()
    page.keyboard.press("Control+Backspace")
    expect(page.locator("#clear")).to_be_enabled()
    page.keyboard.press("Backspace")
    expect(page.locator("#clear")).to_be_disabled()
    hand.wait_for_digit(page, "")
    page.keyboard.press("Control+z")
    hand.wait_for_digit(page, 4)
