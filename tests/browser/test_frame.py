"""The app within another page: nobody sees its address there."""

import hand
from playwright.sync_api import FrameLocator, Page, expect

STYLE = ",".join(["0.5", "-1.25", *["0"] * 14])


def framed(page: Page, url: str, hash: str = "") -> FrameLocator:
    """The app in a frame of a page of the same host."""
    markup = (
        f'<!doctype html><title>around</title><iframe src="{url}{hash}" style="width: 100%; height: 850px"></iframe>'
    )
    page.route("**/around", lambda route: route.fulfill(body=markup, content_type="text/html"))
    page.goto(f"{url}around")
    return page.frame_locator("iframe")


def test_a_link_in_a_frame_is_shown_in_a_field_and_leads_to_the_same_picture(blank: Page, url: str) -> None:
    frame = framed(blank, url)
    frame.get_by_role("tab", name="Explore").click()
    frame.locator("#picture[data-revision]").wait_for()
    frame.locator("#shuffle").click()
    hand.rest(blank)
    frame.locator("#share").click()
    link = frame.locator("#link")
    expect(link).to_be_visible()
    expect(frame.locator(".take [role=status]")).not_to_contain_text("address bar")
    told = frame.locator("#json").input_value()
    address = link.input_value()
    assert address.startswith(f"{url}#")
    assert blank.evaluate("location.hash") == ""
    blank.goto(address)
    expect(blank.locator("#json")).to_have_value(told)


def test_a_frame_takes_up_the_state_of_its_own_link(blank: Page, url: str) -> None:
    frame = framed(blank, url, f"#model=conv&digit=8&style={STYLE}")
    expect(frame.locator("#picture")).to_be_visible()
    expect(frame.locator('#digit input[value="8"]')).to_be_checked()
    expect(frame.locator("#z1 input[type=range]")).to_have_value("-1.25")


def test_a_link_that_cannot_be_copied_is_shown_in_a_field(blank: Page, url: str) -> None:
    blank.add_init_script("delete Navigator.prototype.clipboard")
    blank.goto(url)
    blank.get_by_role("tab", name="Explore").click()
    hand.rest(blank)
    blank.locator("#share").click()
    expect(blank.locator("#link")).to_have_value(blank.url)
    assert blank.url.startswith(f"{url}#")
    assert blank.evaluate("getSelection().toString() || document.activeElement.value") == blank.url
