"""Compare: two models side by side on the same drawing, the same digit and the same chance."""

from demo.page.widget import widget


def compare_tab() -> None:
    """The Compare tab; all of it is in the page."""
    widget("tabs/compare/compare", sides=["left", "right"])
