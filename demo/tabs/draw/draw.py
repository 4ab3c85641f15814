"""Draw: a pad that is read while the stroke is drawn, or a photo in its place."""

from demo.door.answers import Answer
from demo.door.photo import look
from demo.page.widget import widget


def draw_tab() -> None:
    """The Draw tab."""
    widget("tabs/draw/draw", digits=list(range(10)))


def read_photo(data: bytes, token: str | None = None) -> Answer:
    """A picture file to {image}, what the model sees of it, and {parts, count} of several digits; the page asks for
    its reading as for a drawing."""
    return look(data).told()
