"""Draw: a pad that is read while the stroke is drawn, or a photo in its place."""

from typing import Any

import gradio as gr
from PIL import Image

import vae_core
from demo.live import sentence
from demo.pictures import base64_bytes
from demo.widget import widget

PHOTO_PIXELS = 50_000_000  # a telephone's largest
PHOTO_SIDE = 1024  # pixels, plenty to find a digit


def politely_opened(photo: gr.Image) -> gr.Image:
    """Gradio opens the file before any handler of ours is called; what is not a picture is refused in a sentence."""
    opened = photo.preprocess

    def preprocess(payload: Any) -> Any:
        try:
            return opened(payload)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            raise gr.Error("Expected a picture, such as a PNG or JPEG file.") from None

    photo.preprocess = preprocess
    return photo


def read_photo(photo: Image.Image | None) -> dict[str, str]:
    """A photo to what the model sees of it; the widget asks for its reading as it does for a drawing."""
    if photo is None:
        return {}
    if photo.width * photo.height > PHOTO_PIXELS:
        return {"error": f"Expected a picture of at most {PHOTO_PIXELS // 1_000_000} million pixels."}
    try:
        photo.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        return {"image": base64_bytes(vae_core.preprocess(photo))}
    except vae_core.BlankDrawing:
        return {"error": "No digit stands out in this picture. Dark ink on light paper works best."}
    except (ValueError, OSError) as error:
        return {"error": sentence(str(error))}


def draw_tab() -> None:
    """The Draw tab."""
    drawing = widget("draw", digits=list(range(10)))
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
