"""What cannot be answered is refused in one sentence, also where Gradio takes the question before any code of ours."""

from typing import Any

import gradio as gr
from starlette.responses import JSONResponse

from demo.door.limits import RETRY_AFTER
from demo.door.turns import Busy

BUSY = {429: "You ask more than your share: try again in a moment.", 503: "The server is busy: try again in a moment."}


class Refusal(gr.Error):
    """One sentence to whoever asked, the same over HTTP and MCP, and no trace in the server's log."""

    def __init__(self, message: str) -> None:
        super().__init__(message, print_exception=False)

    def __str__(self) -> str:
        return self.message


def refusal(status: int, sentence: str) -> JSONResponse:
    """An answer of that status with nothing but the sentence in it."""
    return JSONResponse({"error": sentence}, status_code=status, headers={"Cache-Control": "no-store"})


def too_busy(busy: Busy) -> JSONResponse:
    """The answer to who has to come again."""
    told = refusal(busy.status, BUSY[busy.status])
    told.headers["Retry-After"] = str(RETRY_AFTER)
    return told


class PoliteBlocks(gr.Blocks):
    """A gr.Blocks that says what was expected when values are missing or name files that nobody uploaded."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *state: Any, **options: Any) -> list[Any]:
        try:
            return await super().preprocess_data(block_fn, inputs, *state, **options)
        except gr.Error:
            raise
        except Exception as error:
            wanted, got = len(block_fn.inputs), len(inputs)
            if got < wanted:
                raise Refusal(f"Expected {wanted} values, as listed under Use via API, got {got}.") from error
            raise Refusal("Expected files to be uploaded before they are named, got another path.") from error
