"""The Write tab: what is typed is written live in the hand at hand, and may be taken away."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import hand
import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence
from playwright.sync_api import Page, expect

import vae_core
from vae_core.evaluation.judge import load_judge
from vae_core.writing.hand import Manner, hand_of
from vae_core.writing.layout import Setting
from vae_core.writing.svg import Look, svg_text
from vae_core.writing.write import write

SVG = "#write-sheet svg"
BAD = ("letters 12", "7" * 10_000)


@pytest.fixture
def sheet(page: Page) -> Page:
    """The tab, in the hand of a drawn 2."""
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)
    open_write(page)
    return page


def open_write(page: Page) -> None:
    page.get_by_role("tab", name="Write").click()
    page.wait_for_selector(f"{SVG}[data-revision]")


def paths(page: Page) -> list[str]:
    """The outline of each sign."""
    return page.locator(f"{SVG} g path").evaluate_all("(all) => all.map((path) => path.getAttribute('d'))")


def type_in(page: Page, text: str) -> list[str]:
    """The outlines of a text."""
    page.locator("#write-text").fill(text)
    expect(page.locator(SVG)).to_have_attribute("aria-label", text)
    return paths(page)


def changed(page: Page, act: Callable[[], object]) -> list[str]:
    """The outlines after something that changes them."""
    before = paths(page)
    act()
    assert hand.eventually(page, lambda: paths(page) != before)
    hand.rest(page)
    return paths(page)


def slide(page: Page, name: str, value: float) -> None:
    page.locator(f".write-how [name={name}]").fill(str(value))


def saved(page: Page, kind: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save {kind}").click()
    path = download.value.path()
    assert download.value.suggested_filename == f"writing.{kind.lower()}"
    return Path(path).read_bytes()


def test_what_is_typed_is_written_sign_by_sign_and_announced_as_its_text(sheet: Page) -> None:
    expect(sheet.locator("#write-hand")).to_contain_text("your drawing")
    first = type_in(sheet, "31-4")
    assert len(first) == 4
    assert type_in(sheet, "31-4.1 59")[:4] == first
    expect(sheet.get_by_role("img", name="31-4.1 59")).to_be_visible()
    assert len(type_in(sheet, "7\n7")) == 2
    assert sheet.evaluate("document.querySelectorAll('#write canvas').length") == 0
    sheet.locator("#write-text").fill("")
    expect(sheet.locator(f"{SVG} g path")).to_have_count(0)


def test_two_of_a_kind_differ_until_variation_is_none_and_again_writes_it_anew(sheet: Page) -> None:
    once = type_in(sheet, "777")
    assert len(set(once)) == 3
    anew = changed(sheet, lambda: sheet.get_by_role("button", name="Write it again").click())
    assert set(anew).isdisjoint(once)
    plain = changed(sheet, lambda: slide(sheet, "variation", 0))
    assert len(set(plain)) == 1
    expect(sheet.locator(".write-how [name=variation] + output")).to_have_text("none")
    sheet.locator(".write-how [name=variation]").dblclick()
    assert hand.eventually(sheet, lambda: paths(sheet) == anew)


def test_how_it_is_written_follows_the_sliders_and_colours(sheet: Page) -> None:
    type_in(sheet, "1234")
    svg = sheet.locator(SVG)
    for name, value in (("slant", 20), ("thickness", 1)):
        changed(sheet, lambda name=name, value=value: slide(sheet, name, value))
    high = svg.bounding_box()
    slide(sheet, "size", 96)
    assert high and hand.eventually(sheet, lambda: (svg.bounding_box() or high)["height"] > 1.8 * high["height"])
    wide = svg.evaluate("(svg) => svg.viewBox.baseVal.width")
    slide(sheet, "spacing", 2.5)
    assert hand.eventually(sheet, lambda: svg.evaluate("(svg) => svg.viewBox.baseVal.width") > wide + 60)
    sheet.locator("[name=ink]").fill("#aa0000")
    expect(svg.locator("g")).to_have_attribute("fill", "#aa0000")
    expect(svg.locator("rect")).to_have_attribute("fill", "#fffdf7")
    sheet.get_by_label("no paper").check()
    expect(svg.locator("rect")).to_have_attribute("fill", "none")
    expect(svg.locator("> path")).to_have_attribute("stroke", "#aa0000")
    sheet.get_by_label("ruled line").uncheck()
    expect(svg.locator("> path")).to_have_attribute("stroke", "none")


def test_bad_input_gets_one_sentence_and_loses_nothing(sheet: Page) -> None:
    good = type_in(sheet, "12:30")
    for text in BAD:
        sheet.locator("#write-text").fill(text)
        expect(sheet.locator("#write-message")).to_have_text(re.compile(r"^Expected [^.]*.{0,12}[^.]*, got .*\.$"))
        expect(sheet.locator("#write-text")).to_have_value(text)
        assert paths(sheet) == good
    type_in(sheet, "12:31")
    expect(sheet.locator("#write-message")).to_have_text("")


def test_examples_are_written_at_a_click_and_a_sum_stands_in_columns(sheet: Page) -> None:
    for name, count in (("Today", 10), ("π to 30 places", 32), ("A sum", 16), ("A telephone number", 15)):
        sheet.get_by_role("button", name=name).click()
        expect(sheet.locator(f"{SVG} g path")).to_have_count(count)
        expect(sheet.get_by_label("in columns")).to_be_checked(checked=name == "A sum")


def test_files_are_what_is_seen(sheet: Page) -> None:
    type_in(sheet, "3.14159")
    sheet.locator("[name=ink]").fill("#0000ff")
    svg = saved(sheet, "SVG").decode()
    assert svg.count("<path") == 1 + len("3.14159") and 'fill="#0000ff"' in svg
    box = sheet.locator(SVG).bounding_box()
    assert box
    png = Image.open(io.BytesIO(saved(sheet, "PNG")))
    assert png.mode == "RGB" and png.width == pytest.approx(2 * box["width"], abs=3)
    sheet.get_by_label("no paper").check()
    assert Image.open(io.BytesIO(saved(sheet, "PNG"))).mode == "RGBA"
    gif = Image.open(io.BytesIO(saved(sheet, "GIF")))
    inks = [np.asarray(frame.convert("L"), dtype=float).mean() for frame in ImageSequence.Iterator(gif)]
    assert len(inks) > 7 and inks[-1] < inks[len(inks) // 2] < inks[0]


def test_a_link_and_a_reload_bring_the_same_page_of_writing(sheet: Page, url: str) -> None:
    type_in(sheet, "1 + 1\n(2/3)")
    slide(sheet, "variation", 0.5)
    sheet.get_by_label("ruled line").uncheck()
    written = changed(sheet, lambda: sheet.get_by_role("button", name="Write it again").click())
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.locator("#write-taken")).to_contain_text("link")
    link = sheet.url
    assert "#" in link and "text=" in link

    def brings_it(other: Page) -> None:
        expect(other.locator(SVG)).to_have_attribute("aria-label", "1 + 1\n(2/3)")
        expect(other.locator("#write-text")).to_have_value("1 + 1\n(2/3)")
        expect(other.get_by_label("ruled line")).not_to_be_checked()
        hand.rest(other)
        assert near(paths(other), written)

    sheet.goto("about:blank")
    sheet.goto(link)
    brings_it(sheet)
    sheet.goto("about:blank")
    sheet.goto(url)
    brings_it(sheet)  # as it was left


def near(one: list[str], other: list[str]) -> bool:
    """Whether outlines are the same but for rounding: a link tells a style in four decimals."""
    numbers = [[np.array(re.findall(r"-?[\d.]+", path), dtype=float) for path in paths] for paths in (one, other)]
    return len(one) == len(other) and all(
        len(a) == len(b) and np.abs(a - b).max() <= 4 for a, b in zip(*numbers, strict=True)
    )


def test_printed_it_is_one_page_with_the_sheet_alone(sheet: Page) -> None:
    type_in(sheet, "\n".join(["3141592653"] * 20))
    pdf = sheet.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    sheet.emulate_media(media="print")
    sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(sheet.locator(".written-print svg")).to_be_visible()
    expect(sheet.locator("#write-text")).to_be_hidden()
    sheet.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(sheet.locator(".written-print")).to_have_count(0)
    expect(sheet.locator("#write-text")).to_be_visible()


@pytest.mark.parametrize("options", [{"viewport": {"width": 360, "height": 740}}])
def test_on_a_phone_lines_are_broken_rather_than_cut(sheet: Page) -> None:
    sheet.get_by_role("button", name="π to 30 places").click()
    expect(sheet.locator(f"{SVG} g path")).to_have_count(32)
    hand.rest(sheet)
    box, frame = sheet.locator(SVG).bounding_box(), sheet.locator("#write-sheet").bounding_box()
    assert box and frame and box["width"] <= frame["width"]
    assert len((sheet.locator(f"{SVG} > path").get_attribute("d") or "").split("M")) > 3  # a rule each


def test_another_hand_writes_otherwise_and_a_model_without_digits_says_so(sheet: Page) -> None:
    type_in(sheet, "2468")
    sheet.get_by_role("tab", name="Explore").click()
    sheet.wait_for_selector("#picture[data-revision]")
    sheet.locator("#shuffle").click()
    sheet.get_by_role("tab", name="Write").click()
    expect(sheet.get_by_role("button", name="From Explore")).to_have_attribute("aria-pressed", "true")
    hand.rest(sheet)
    changed(sheet, lambda: sheet.get_by_role("button", name="My drawing").click())
    sheet.locator("#model-name").select_option("plain")
    expect(sheet.locator("#write-message")).to_have_text("Expected a model that takes a digit, got 'plain'.")
    sheet.locator("#model-name").select_option("plane")
    expect(sheet.locator("#write-message")).to_have_text("")
    expect(sheet.locator("[name=slant]")).to_be_hidden()


def test_chromium_renders_the_svg_file_so_that_it_is_read_as_typed(blank: Page) -> None:
    model, typed = vae_core.load_model("conv"), "012345678901"
    written = write(model, typed, hand_of([0.0] * model.latent_dim), Manner(variation=0.3), Setting())
    file = svg_text(written, Look(scale=4.0, paper="#ffffff"))
    assert len(file.encode()) < 40_000
    blank.set_content(f"<body style='margin:0'>{file}")
    boxes = blank.locator("svg g path").evaluate_all(
        "(all) => all.map((path) => path.getBoundingClientRect()).map((box) => [box.x, box.y, box.right, box.bottom])"
    )
    shot = Image.open(io.BytesIO(blank.locator("svg").screenshot())).convert("L")
    digits = [vae_core.preprocess(shot.crop(box).convert("RGB")) for box in boxes]
    with torch.inference_mode():
        read = load_judge()(torch.from_numpy(np.stack(digits))).argmax(1)
    assert "".join(map(str, read.tolist())) == typed
