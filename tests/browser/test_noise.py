"""Browsers that add noise to what is read back from a canvas, or forbid it: nothing that is needed is read back."""

import json

import hand
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from vae_core import load_model

NOISE = """
const context = CanvasRenderingContext2D.prototype;
const read = context.getImageData;
context.getImageData = function (...box) {
    const image = read.apply(this, box);
    crypto.getRandomValues(image.data.subarray(0, Math.min(65536, image.data.length)));
    return image;
};
HTMLCanvasElement.prototype.toBlob = function (done) { done(new Blob([crypto.getRandomValues(new Uint8Array(99))])); };
HTMLCanvasElement.prototype.toDataURL = () => "data:,noise";
"""
FORBIDDEN = """
const forbid = () => { throw new DOMException("reading a canvas is forbidden", "SecurityError"); };
CanvasRenderingContext2D.prototype.getImageData = forbid;
HTMLCanvasElement.prototype.toBlob = HTMLCanvasElement.prototype.toDataURL = forbid;
"""
NOTHING_PACKS = "delete window.CompressionStream;"


@pytest.mark.parametrize("kind", [NOISE, FORBIDDEN, FORBIDDEN + NOTHING_PACKS], ids=["noise", "forbidden", "unpacked"])
def test_nothing_needed_is_read_back_from_a_canvas(blank: Page, url: str, kind: str) -> None:
    blank.add_init_script(kind)
    blank.goto(url)
    blank.wait_for_selector("#pad canvas[data-revision]")
    blank.get_by_role("button", name="Read a test digit, a 7").last.click()
    hand.wait_for_digit(blank, 7)

    blank.get_by_role("tab", name="Explore").click()
    hand.rest(blank)
    told = json.loads(blank.locator("#json").input_value())
    decoded = 255 * load_model("conv").write(told["style"], told["digit"])[0]
    blank.locator("#scale").fill("3")
    with blank.expect_download() as download:
        blank.locator("#png").click()
    saved = np.asarray(Image.open(download.value.path()), dtype=int)
    assert np.abs(saved - decoded.repeat(3, 0).repeat(3, 1)).max() <= 2
    with blank.expect_download() as download:
        blank.locator("#sheet").click()
    sheet = np.asarray(Image.open(download.value.path()), dtype=int)
    left, top = told["digit"] * 112, 0
    assert np.abs(sheet[top : top + 112, left : left + 112] - decoded.repeat(4, 0).repeat(4, 1)).max() <= 2

    blank.get_by_role("tab", name="Morph").click()
    blank.locator("#morph-strip[data-revision]").wait_for()
    hand.rest(blank)
    with blank.expect_download() as download:
        blank.locator("#morph-png").click()
    strip = np.asarray(Image.open(download.value.path()), dtype=int)
    assert strip.shape == (28 * 8, 11 * 28 * 8)
    assert (strip[:, :8] < 40).all()  # the edge of a picture is empty
    with blank.expect_download() as download:
        blank.locator("#morph-gif").click()
    with Image.open(download.value.path()) as gif:
        assert gif.format == "GIF"
    expect(blank.locator("#morph-message")).to_have_text("")
