"""A drawing that a program sends, as strokes or as a picture, to what the model sees of it."""

import base64
import binascii
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from gradio.utils import get_upload_folder

from demo.door import question
from demo.door.photo import look
from demo.door.sight import Sight, sight_of_strokes


def look_at(strokes: Any, picture: Any) -> Sight:
    """Of strokes or of a picture, the other being None; raises ValueError for anything else."""
    if (strokes is None) == (picture is None):
        raise ValueError(f"expected either strokes or a picture, got {'neither' if strokes is None else 'both'}")
    if picture is None:
        return sight_of_strokes(question.strokes(strokes))
    return look(picture_bytes(picture))


def picture_bytes(picture: Any) -> bytes:
    """The content of a picture file: uploaded to Gradio and told by its path or address here, or in a data URI.

    Nothing is read but what was uploaded, and nothing is fetched.
    """
    place = picture.get("path") if isinstance(picture, dict) else picture
    if not isinstance(place, str):
        raise ValueError("expected picture as an uploaded file or a data URI")
    if place.startswith("data:"):
        return decode(place)
    file = os.path.realpath(unquote(place.rpartition("/file=")[2]).replace("\0", ""))
    if not Path(file).is_relative_to(os.path.realpath(get_upload_folder())):
        raise ValueError("expected picture as an uploaded file or a data URI, got another path or address")
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError):
        raise ValueError("expected picture as an uploaded file, got the name of one that is not there") from None


def decode(data_uri: str) -> bytes:
    head, _, content = data_uri.partition(",")
    try:
        if head.endswith(";base64"):
            return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise ValueError("expected picture as a data URI in base64, such as data:image/png;base64,iVBORw0KGgo")
