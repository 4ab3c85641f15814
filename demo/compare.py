"""Compare: two models side by side on the same drawing, the same digit and the same chance."""

from demo.widget import widget


def compare_tab() -> None:
    """The Compare tab; all of it is in the page."""
    widget("compare", sides=["left", "right"])
