"""The Draw tab, drawn on as a person would."""

import io
import json
from pathlib import Path

import hand
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
photo = pytest.mark.answered_by("server", "browser", why="photos are read by the app")
VIEWS = ["#seen", "#reconstruction", "#spread", *[f"#hand [data-digit='{digit}'] canvas" for digit in range(10)]]


def probabilities(page: Page) -> str:
    return page.locator("#reading").get_attribute("data-probabilities") or ""


def test_digits_drawn_with_the_mouse_are_read(page: Page) -> None:
    for digit in range(10):
        hand.draw(page, hand.digit(digit))
        hand.wait_for_digit(page, digit)
        page.locator("#clear").click()
        hand.wait_for_digit(page, "")


@pytest.mark.parametrize("options", [PHONE])
def test_digits_drawn_with_a_finger_are_read_and_the_page_does_not_scroll(page: Page) -> None:
    for digit in (2, 5, 8):
        before = page.evaluate("scrollY")
        hand.touch(page, hand.digit(digit, which=1))
        hand.wait_for_digit(page, digit)
        assert page.evaluate("scrollY") == before
        page.locator("#clear").tap()
        hand.wait_for_digit(page, "")


def test_a_digit_is_drawn_and_read_with_the_keyboard_alone(page: Page) -> None:
    page.locator("#pad canvas").focus()
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    hand.wait_for_digit(page, 1)


def test_reading_carries_ten_probabilities_that_sum_to_one(page: Page) -> None:
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    values = [float(p) for p in probabilities(page).split(",")]
    assert len(values) == 10
    assert sum(values) == pytest.approx(1, abs=0.002)
    assert page.locator("#verdict").get_attribute("data-kind") in ("sure", "likely", "torn", "strange", "several")


def test_drawing_is_read_before_the_pen_lifts(page: Page) -> None:
    hand.draw(page, hand.digit(0), lift=False)
    hand.wait_for_digit(page, 0)
    page.mouse.up()


def test_every_view_is_painted_while_drawing_and_blank_after_clearing(page: Page) -> None:
    assert all(max(hand.pixels(page, view)) == 0 for view in VIEWS)
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    assert all(max(hand.pixels(page, view)) > 0 for view in VIEWS)
    page.locator("#clear").click()
    assert hand.eventually(page, lambda: all(max(hand.pixels(page, view)) == 0 for view in VIEWS))


def test_what_the_model_sees_is_as_mnist_has_it(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    seen = np.array(hand.pixels(page, "#seen")).reshape(28, 28)
    rows, columns = np.nonzero(seen > 20)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in range(18, 23)
    assert seen[0].max() == seen[:, 0].max() == 0


def test_undo_takes_the_last_stroke_back_by_button_and_by_keyboard(page: Page) -> None:
    hand.draw(page, [[[0, 0], [0, 100]]])
    hand.wait_for_digit(page, 1)
    one_stroke = probabilities(page)
    for undo in (lambda: page.locator("#undo").click(), lambda: page.keyboard.press("Control+z")):
        hand.draw(page, [[[0, 0], [60, 50], [100, 20]]])
        assert hand.eventually(page, lambda: probabilities(page) != one_stroke)
        undo()
        assert hand.eventually(page, lambda: probabilities(page) == one_stroke)


def test_clear_leaves_an_empty_page_that_says_what_to_do(page: Page) -> None:
    invitation = page.locator("#verdict").inner_text()
    assert "Draw" in invitation
    hand.draw(page, hand.digit(6))
    expect(page.locator("#verdict")).not_to_have_text(invitation)
    page.locator("#pad canvas").press("Delete")
    expect(page.locator("#verdict")).to_have_text(invitation)
    hand.wait_for_digit(page, "")
    expect(page.locator("#clear")).to_be_disabled()
    expect(page.locator("#undo")).to_be_enabled()  # which brings it back
    expect(page.locator("#hand button").first).to_be_disabled()


def test_a_dot_is_answered(page: Page) -> None:
    page.locator("#pad canvas").click()
    expect(page.locator("#verdict")).not_to_contain_text("while you draw")


def test_nothing_moves_while_results_change(page: Page) -> None:
    places = "(all) => all.map((element) => JSON.stringify(element.getBoundingClientRect()))"
    steady = page.locator("#reading, #verdict, .views, #hand")
    expect(page.locator("#examples button")).to_have_count(20)
    empty = steady.evaluate_all(places)
    for digit in (1, 8):
        hand.draw(page, hand.digit(digit))
        hand.wait_for_digit(page, digit)
        assert steady.evaluate_all(places) == empty
        page.locator("#clear").click()


def test_test_digits_are_read_by_click_and_shown_on_the_pad(page: Page) -> None:
    before = page.locator("#pad canvas").get_attribute("data-revision")
    for digit in (1, 4, 8):
        page.locator("#examples button").nth(digit).click()
        hand.wait_for_digit(page, digit)
    assert page.locator("#pad canvas").get_attribute("data-revision") != before
    hand.draw(page, hand.digit(0))  # a stroke starts afresh
    hand.wait_for_digit(page, 0)


@photo
def test_a_photo_is_read(page: Page, tmp_path: Path) -> None:
    photo_of(8).save(tmp_path / "eight.jpg")
    upload(page, tmp_path / "eight.jpg")
    hand.wait_for_digit(page, 8)


@photo
def test_a_photo_without_a_digit_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.png")
    upload(page, tmp_path / "white.png")
    expect(page.locator("#verdict")).to_contain_text("No digit stands out")


@photo
def test_a_file_that_is_no_photo_gets_a_sentence_and_the_page_goes_on(page: Page, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"this is no picture" * 100)
    upload(page, tmp_path / "photo.png")
    expect(page.locator("#verdict")).to_have_text("Expected a picture, such as a PNG or JPEG file.")
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)


BRING = """([bytes, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], 'eight.jpg', { type: 'image/jpeg' }));
    const [act, place] = kind.split(' on ');
    const target = document.querySelector(place);
    const options = act === 'drop' ? { dataTransfer: data } : { clipboardData: data };
    const Kind = act === 'drop' ? DragEvent : ClipboardEvent;
    return target.dispatchEvent(new Kind(act, { bubbles: true, cancelable: true, ...options }));
}"""


@photo
@pytest.mark.parametrize("kind", ["drop on #pad canvas", "drop on body", "paste on #pad canvas", "paste on body"])
def test_a_photo_is_read_that_is_dropped_or_pasted_anywhere(page: Page, kind: str) -> None:
    photo = io.BytesIO()
    photo_of(8).save(photo, "JPEG")
    assert not page.evaluate(BRING, [list(photo.getvalue()), kind]), "the browser goes on to open it"
    hand.wait_for_digit(page, 8)


@photo
def test_a_file_too_large_for_a_photo_gets_a_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"0" * 40_000_001)
    upload(page, tmp_path / "large.png")
    expect(page.locator("#verdict")).to_have_text("Expected a picture of at most 40 MB.")


def test_the_browser_never_leaves_the_page_for_a_dropped_file(page: Page) -> None:
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#picture")).to_be_visible()
    assert not page.evaluate(BRING, [[1, 2, 3], "drop on body"])


def test_several_digits_are_told_and_each_is_read_alone_by_click(page: Page) -> None:
    row = [[[x * 0.5 + 60 * k, y * 0.5] for x, y in stroke] for k in (0, 1) for stroke in hand.digit((2, 6)[k])]
    hand.draw(page, row)
    expect(page.locator("#verdict")).to_have_text("Two digits: 2 6.")
    expect(page.locator("#reading .digit")).not_to_be_visible()
    page.locator("#found button").nth(1).click()
    hand.wait_for_digit(page, 6)
    expect(page.locator("#found")).to_be_hidden()


def test_a_doubt_is_shown_as_a_doubt(page: Page) -> None:
    hand.draw(
        page, [[[0, 0], [100, 60], [0, 60], [100, 0], [50, 100], [50, 0], [0, 30], [100, 30], [20, 90], [90, 90]]]
    )
    expect(page.locator("#reading")).to_have_attribute("data-doubt", "strange")
    expect(page.locator("#reading .digit")).to_have_text("?")


@pytest.mark.answered_by("server", why="the test says itself who answers")
@pytest.mark.parametrize("refusal", ["none", "busy", "silent"])
def test_what_a_busy_server_leaves_out_is_filled_in_when_the_pen_rests(
    context: BrowserContext, url: str, refusal: str
) -> None:
    """Also where it first refuses, or does not answer, what is asked then: on a page whose console is not watched."""
    blank = context.new_page()
    hurried: list[bool] = []

    def be_busy(route: Route) -> None:
        asked = json.loads(route.request.post_data or "")
        hurried.append(asked.pop("hurry", False))
        first = not hurried[-1] and hurried.count(False) == 1
        if first and refusal == "busy":
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": "Too many people ask."})
        elif first and refusal == "silent":
            route.abort("internetdisconnected")
        else:
            route.continue_(post_data=json.dumps({**asked, "brief": True} if hurried[-1] else asked))

    blank.route("**/live/read", be_busy)
    blank.goto(f"{url}?runtime=server")
    blank.wait_for_selector("#pad canvas[data-revision]")
    empty = [hand.pixels(blank, view) for view in VIEWS]
    hand.draw(blank, hand.digit(3))
    assert hand.eventually(
        blank,
        lambda: all(hand.pixels(blank, view) != before for view, before in zip(VIEWS, empty, strict=True)),
    )
    hand.wait_for_digit(blank, 3)
    assert hurried[0] and hurried.count(False) >= 1 + (refusal != "none")
    blank.locator("#clear").click()
    hand.rest(blank)
    assert [hand.pixels(blank, view) for view in VIEWS] == empty


@photo
def test_a_photo_of_many_bytes_is_reduced_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    grain = np.random.default_rng(0).integers(0, 30, (3000, 3000, 3), dtype=np.uint8)
    large = np.asarray(photo_of(8).resize((3000, 3000))) - grain * (np.asarray(photo_of(8).resize((3000, 3000))) > 40)
    Image.fromarray(large.astype(np.uint8)).save(tmp_path / "large.jpg", quality=98)
    assert (tmp_path / "large.jpg").stat().st_size > 4_000_000
    with page.expect_request("**/live/photo") as sent:
        upload(page, tmp_path / "large.jpg")
    assert len(sent.value.post_data_buffer or b"") < 2_000_000
    hand.wait_for_digit(page, 8)


def photo_of(value: int) -> Image.Image:
    """One of MNIST's, large and dark on light as a photo has it."""
    sheet = np.asarray(Image.open(Path(__file__).parents[2] / "demo/page/test-digits.png"))
    return Image.fromarray(255 - sheet[:, value * 28 : (value + 1) * 28]).resize((600, 600)).convert("RGB")


def upload(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Use a photo").click()
    page.locator("#photo input[type=file]").set_input_files(path)
