"""Named endpoints for programs: over HTTP, with gradio_client, and as tools of an MCP server."""

import functools
import io
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import numpy as np
from gradio.events import api
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_function_description, get_upload_folder

from demo.door import question
from demo.door.answers import politely, rounded
from demo.door.drawing import look_at
from demo.door.interpolation import morph_codes
from demo.door.models import Models
from demo.door.pictures import gif_bytes
from demo.door.reading import DIGITS, Reading, read_picture
from demo.door.refusal import Refusal
from demo.door.room import Room
from demo.door.several import Part, is_page, read_parts
from demo.door.sight import Sight
from demo.door.style import end_of_morph, random_styles
from demo.door.verdict import Verdict, judge
from demo.door.written import FILES, look_of, sheet_of, styles_of
from vae_core.pictures import sheet
from vae_core.writing.hand import Manner
from vae_core.writing.svg import Look

PICTURES = 100  # at most, in one answer
COLUMNS = 10
FRAMES = 60
SCALE = 16
MILLISECONDS = 80  # a frame of a GIF
DRAWN = 10_000_000  # bytes that the files of one answer may have

# `| Any`: the schema tells the type, and whatever else comes gets a sentence of ours rather than a validator's.
Strokes = list[list[list[float]]] | Any
Picture = gr.FileData | str | Any
Codes = list[float] | Any
Text = str | Any
Whole = int | Any
Number = float | Any
End = dict[str, Any] | Any
Varied = Literal["style", "digit", "both"] | Any
Drawings = Strokes | list[Strokes]
Pictures = Picture | list[Picture]
Flag = bool | Any


def in_a_sentence(endpoint: Callable) -> Callable:
    """What goes wrong in an endpoint reaches the program as one sentence."""

    @functools.wraps(endpoint)
    def answered(self: "Endpoints", *given: Any) -> Any:
        def answer(_: Any) -> Any:
            self.room.make(DRAWN)
            return endpoint(self, *given)

        answer.__name__ = endpoint.__name__
        said = politely(answer)(None)
        if isinstance(said, dict):
            raise Refusal(said["error"])
        return said

    return answered


def add_endpoints(blocks: gr.Blocks, models: Models, room: Room) -> None:
    """The five endpoints, in a gr.Blocks that is being built. They keep nothing, so no queue is needed."""
    endpoints = Endpoints(models, room)
    for endpoint in (endpoints.read, endpoints.generate, endpoints.hand, endpoints.morph, endpoints.write):
        event = api(endpoint, api_name=endpoint.__name__, queue=False)
        _, parameters, returns = get_function_description(endpoint)
        for component, told in zip(
            [*event["inputs"], *event["outputs"]], [*parameters.values(), *returns], strict=True
        ):
            blocks.blocks[component].label = told  # type: ignore[attr-defined]


class Endpoints:
    """What the endpoints answer. Signatures and docstrings are what programs are told of them, a line a parameter."""

    def __init__(self, models: Models, room: Room) -> None:
        self.models, self.room = models, room

    @in_a_sentence
    def read(
        self, strokes: Strokes = None, picture: Picture = None, scale: Whole = 4, model: Text = None
    ) -> tuple[dict, gr.FileData]:
        """Read a handwritten digit, given either as pen strokes or as a picture.

        Args:
            strokes: Pen strokes, each a list of points [x, y], x to the right and y down, in any unit.
            picture: Picture of one digit: a file uploaded to this app, or a data URI such as data:image/png;base64,...
            scale: Size of a pixel in the picture that comes back, 1 to 16.
            model: Name of the model; the app's own if not given.

        Returns:
            the digit, the probabilities of all ten, style, z, a verdict in words, a doubt, and the digits of several
            PNG of the model's reconstruction
        """
        chosen = self.models.get(model)
        sight = look_at(strokes, picture)
        reading = read_picture(chosen, sight.whole, brief=True)
        parts = read_parts(chosen, sight)
        verdict = judge(reading, parts, is_page(sight))
        answer = {
            "style": rounded(reading.style),
            "z": rounded(reading.z),
            "verdict": verdict.words,
            "doubt": verdict.doubt,
            "digits": digits_of(reading, verdict, parts, sight),
        }
        if reading.probabilities is not None:
            answer = {
                "digit": int(reading.probabilities.argmax()),
                "probabilities": rounded(reading.probabilities),
                **answer,
            }
        return answer, sheet_file("reconstruction", reading.reconstruction[None], scale)

    @in_a_sentence
    def generate(
        self,
        digit: Whole = None,
        z: Codes = None,
        seed: Whole = None,
        temperature: Number = 1.0,
        count: Whole = 1,
        scale: Whole = 4,
        model: Text = None,
        style: Codes = None,
    ) -> tuple[dict, gr.FileData]:
        """Generate pictures of a handwritten digit, in a style that is given or drawn at random.

        Args:
            digit: Digit to write, 0 to 9, or a list with one for each picture.
            z: Codes as the decoder takes them, as read gives them, or a list of such lists, in place of a style.
            seed: Makes random styles repeatable, 0 or more.
            temperature: How far random styles stray from the average, 0 to 10; 1 is how people write.
            count: How many random styles, 1 to 100.
            scale: Size of a pixel in the picture that comes back, 1 to 16.
            model: Name of the model; the app's own if not given.
            style: Style, numbers around 0 whichever the digit, or a list of such lists. Without it styles are random.

        Returns:
            style and z of each picture
            PNG of the pictures, ten a row
        """
        chosen = self.models.get(model)
        digits = question.digits(digit, chosen.conditional)
        if sum(value is not None for value in (style, z, seed)) > 1:
            raise ValueError("expected one of style, z and seed, got more")
        if z is not None:
            codes = question.codes(z, "z")
            styles = chosen.to_style(codes, digits)
        else:
            if style is None:
                styles = random_styles(chosen, seed, temperature, question.whole(count, "count", 1, PICTURES))
            else:
                styles = np.atleast_2d(question.codes(style))
            codes = chosen.to_z(styles, digits)
        pictures = chosen.decode(codes, digits)
        told = {"style": [rounded(row) for row in styles], "z": [rounded(row) for row in np.atleast_2d(codes)]}
        return told, sheet_file("pictures", pictures, scale)

    @in_a_sentence
    def hand(
        self, strokes: Strokes = None, picture: Picture = None, scale: Whole = 4, model: Text = None
    ) -> tuple[dict, gr.FileData]:
        """Write all ten digits in the hand of one handwritten digit, given either as pen strokes or as a picture.

        Args:
            strokes: Pen strokes, each a list of points [x, y], x to the right and y down, in any unit.
            picture: Picture of one digit: a file uploaded to this app, or a data URI such as data:image/png;base64,...
            scale: Size of a pixel in the picture that comes back, 1 to 16.
            model: Name of the model; the app's own if not given.

        Returns:
            the hand's style
            PNG of the digits 0 to 9 side by side
        """
        chosen = self.models.get(model)
        if not chosen.conditional:
            raise ValueError(f"expected a model that takes a digit, got {chosen.name!r}")
        style = chosen.style(look_at(strokes, picture).whole)[0]
        return {"style": rounded(style)}, sheet_file("hand", chosen.write(style, list(range(DIGITS))), scale)

    @in_a_sentence
    def morph(
        self,
        start: End,
        end: End,
        vary: Varied = "both",
        frames: Whole = 24,
        scale: Whole = 4,
        model: Text = None,
    ) -> tuple[gr.FileData, gr.FileData]:
        """Morph one handwritten digit into another and back.

        Either end is {"strokes": ...} or {"picture": ...} as read takes them, or {"digit": ..., "seed": ...}
        or {"digit": ..., "style": ...} or {"digit": ..., "z": ...} as generate takes them.

        Args:
            start: Where the morph starts, such as {"digit": 3, "seed": 1} or {"strokes": [[[0, 0], [0, 100]]]}.
            end: Where it ends, told in the same way.
            vary: What changes on the way: style, digit or both.
            frames: Pictures from start to end, 2 to 60.
            scale: Size of a pixel in the pictures that come back, 1 to 16.
            model: Name of the model; the app's own if not given.

        Returns:
            GIF of the way there and back
            PNG of its pictures from start to end, ten a row
        """
        chosen = self.models.get(model)
        way = question.vary(vary, chosen.conditional)
        steps = question.whole(frames, "frames", 2, FRAMES)
        styles, digits = morph_codes(*end_of_morph(chosen, start), *end_of_morph(chosen, end), steps, way)
        pictures = chosen.write(styles, digits if chosen.conditional else None)
        animation = gif_bytes(pictures, question.whole(scale, "scale", 1, SCALE), MILLISECONDS)
        return served("morph.gif", animation), sheet_file("frames", pictures, scale)

    @in_a_sentence
    def write(
        self,
        text: Text = "",
        strokes: Drawings = None,
        picture: Pictures = None,
        style: Codes = None,
        seed: Whole = 0,
        variation: Number = Manner().variation,
        scale: Number = 4,
        ink: Text = Look().ink,
        paper: Text = "#ffffff",
        ruled: Flag = False,
        slant: Number = 0.0,
        thickness: Number = 0.0,
        spacing: Number = 1.0,
        columns: Flag = False,
        model: Text = None,
    ) -> tuple[gr.FileData, gr.FileData]:
        """Write numbers, any digits and marks on one or more lines, in the hand of one or more handwritten digits.

        Args:
            text: What to write, up to 400 signs: digits, spaces, line ends and - . , : / + ( ).
            strokes: Pen strokes of a drawing as read takes them, or a list of up to 100 such drawings by one hand.
            picture: Picture of a digit as read takes it, or a list of up to 10 of them by one hand.
            style: Style as hand gives it, or a list of up to 100 of them, in place of drawings.
            seed: Which of all ways to write it, 0 or more; the same seed writes the same again.
            variation: How far digits of a kind differ, 0 to 2; 0 is not at all, 1 is lively.
            scale: Size of a model's pixel in the PNG, 0.5 to 64; digits are 20 such pixels high.
            ink: Colour of the ink, such as #1c1917.
            paper: Colour of the paper, such as #ffffff; empty for none, so that the pictures are transparent.
            ruled: Whether a line is ruled under each line of writing.
            slant: Degrees that the writing leans further to the right than the hand does, -40 to 40.
            thickness: Pixels of the model that the pen is thicker than the hand's, -2 to 2.
            spacing: Space between signs, 0 to 4; 1 is usual.
            columns: Whether signs stand below each other and lines end together, as in a sum.
            model: Name of the model; the app's own if not given.

        Returns:
            PNG of the writing
            SVG of the writing, a path for each sign
        """
        chosen = self.models.get(model)
        options = {"seed": seed, "variation": variation, "scale": scale, "ink": ink, "paper": paper or None}
        options |= {"ruled": ruled, "slant": slant, "thickness": thickness, "spacing": spacing, "columns": columns}
        look = look_of(options)
        sheet = sheet_of(chosen, text, styles_of(chosen, strokes, picture, style), options)
        png, svg = (served(f"writing.{kind}", FILES[kind](sheet, look)) for kind in ("png", "svg"))
        return png, svg


def digits_of(reading: Reading, verdict: Verdict, parts: list[Part], sight: Sight) -> list[dict[str, Any]]:
    """What is read, from left to right: the one digit, each of several with its box, or none."""
    if verdict.kind == "several" and parts:
        boxes = sight.boxes or (None,) * len(parts)
        return [
            {
                "digit": part.digit,
                "probability": round(part.probability, 4),
                "doubt": "strange" if part.strange else None,
                "box": box and rounded(box),
            }
            for part, box in zip(parts, boxes, strict=True)
        ]
    if verdict.doubt or reading.probabilities is None:
        return []
    return [{"digit": int(reading.probabilities.argmax()), "probability": round(float(reading.probabilities.max()), 4)}]


def sheet_file(name: str, pictures: Any, scale: Any) -> gr.FileData:
    """Pictures (N, 28, 28) as one PNG, ten a row."""
    if len(pictures) > PICTURES:
        raise ValueError(f"expected at most {PICTURES} pictures, got {len(pictures)}")
    png = io.BytesIO()
    sheet(pictures, min(len(pictures), COLUMNS), question.whole(scale, "scale", 1, SCALE)).save(png, "PNG")
    return served(f"{name}.png", png.getvalue())


def served(name: str, content: bytes) -> gr.FileData:
    """A file that the program can fetch; Gradio deletes it in time."""
    folder = Path(get_upload_folder()) / secrets.token_hex(
        16
    )  # its own, as nothing can then be written while it is read
    return gr.FileData(path=save_bytes_to_cache(content, name, str(folder)))
