"""What fails inside is told in one sentence, with the right status and in one line of the log."""

import errno
import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from demo.door.answers import politely
from demo.door.body import BodyLimit
from demo.door.faults import Faults
from demo.door.limits import BODY_LIMIT

FULL = OSError(errno.ENOSPC, "No space left on device", "/somewhere/file")


def app(error: Exception | None) -> FastAPI:
    inner = FastAPI()

    @inner.post("/")
    async def answer() -> dict[str, bool]:
        if error:
            raise error
        return {"well": True}

    return inner


@pytest.mark.parametrize(
    ("error", "status", "words"), [(FULL, 507, "disk is full"), (KeyError("/etc/secret"), 500, "could not answer")]
)
def test_a_fault_gets_its_status_a_sentence_and_a_line(
    error: Exception, status: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = TestClient(Faults(app(error))).post("/")
    assert answer.status_code == status
    assert words in answer.json()["error"] and set(answer.json()) == {"error"}
    assert "/" not in answer.json()["error"]
    (line,) = [record for record in caplog.records if record.name == "demo.door.faults"]
    assert line.levelno == logging.ERROR and line.exc_info is None and "\n" not in line.getMessage()


def test_what_goes_well_passes_and_so_does_an_answer_of_500_without_an_exception() -> None:
    assert TestClient(Faults(app(None))).post("/").json() == {"well": True}


@pytest.mark.parametrize(("error", "words"), [(FULL, "disk is full"), (ZeroDivisionError("/x"), "could not answer")])
def test_a_question_that_fails_does_not_blame_the_drawing(
    error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def read(asked: object) -> dict:
        raise error

    told = politely(read)({})["error"]
    assert words in told and "drawing" not in told
    assert [record.exc_info for record in caplog.records] == [None]


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_once(announced: bool) -> None:
    reads: list[int] = []
    inner = FastAPI()

    @inner.post("/")
    async def answer(request: dict) -> None:
        reads.append(len(request))

    content = b"0" * (BODY_LIMIT + 1) if announced else iter([b"0" * (BODY_LIMIT // 2)] * 3)
    told = TestClient(BodyLimit(inner)).post("/", content=content, headers={"Content-Type": "application/json"})  # type: ignore[arg-type]
    assert (told.status_code, reads) == (413, [])
    assert told.json()["error"].startswith("Expected at most")
