"""Draw: a pad that is read while the stroke is drawn, or a photo in its place."""

import gradio as gr
from PIL import Image

from demo.door.live import sentence
from demo.door.photo import look, politely_opened
from demo.door.pictures import base64_bytes
from demo.page.widget import widget


def read_photo(photo: Image.Image | str | None) -> dict[str, str]:
    """A photo, or what is wrong with it, to what the model sees; the widget asks for its reading as for a drawing."""
    if photo is None:
        return {}
    try:
        if isinstance(photo, str):
            raise ValueError(photo)
        return {"image": base64_bytes(look(photo))}
    except ValueError as error:
        return {"error": sentence(str(error))}


def draw_tab() -> None:
    """The Draw tab."""
    drawing = widget("tabs/draw/draw", digits=list(range(10)))
    with gr.Accordion("Use a photo or file instead", open=False, elem_id="photo"):
        photo = politely_opened(
            gr.Image(
                type="pil",
                image_mode=None,
                sources=["upload", "clipboard", "webcam"],
                label="Photo of one digit",
                height=280,
            )
        )
    photo.input(read_photo, photo, drawing, queue=False, show_progress="hidden", api_visibility="private")
