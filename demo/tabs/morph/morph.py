"""Morph: from one picture to another, in style, in digit or in both."""

from demo.page.widget import widget


def morph_tab() -> None:
    """The Morph tab. All pictures of the way are asked for at once, so that sliding and playing ask nothing."""
    ends = [{"id": "morph-start", "name": "Start"}, {"id": "morph-end", "name": "End"}]
    widget("tabs/morph/morph", ends=ends, digits=list(range(10)))
