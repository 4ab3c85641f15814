"""Write: numbers in the hand of the drawing, live, as outlines that stay smooth at any size."""

from demo.page.widget import widget
from vae_core.writing.hand import MAX_SLANT, MAX_THICKNESS, Manner
from vae_core.writing.text import MARKS, MAX_SIGNS


def write_tab() -> None:
    """The Write tab. What is written is drawn by the page from numbers, and made into files by the server."""
    widget(
        "tabs/write/write",
        marks=" ".join(MARKS),
        most=MAX_SIGNS,
        variation=Manner().variation,
        slant=MAX_SLANT,
        thickness=MAX_THICKNESS,
    )
