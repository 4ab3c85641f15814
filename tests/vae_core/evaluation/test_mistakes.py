"""The digits a model misreads with most confidence."""

import base64

import numpy as np

from vae_core.evaluation.mistakes import worst_mistakes

GREY = np.random.randint(0, 256, (6, 28, 28), dtype=np.uint8)
DIGITS = np.array([0, 1, 2, 3, 4, 5])


def sure_of(*readings: tuple[int, float]) -> np.ndarray:
    """(N, 10) probabilities; the rest is spread over the other digits."""
    rows = np.stack([np.full(10, (1 - sure) / 9) for _, sure in readings])
    rows[np.arange(len(readings)), [digit for digit, _ in readings]] = [sure for _, sure in readings]
    return rows


PROBABILITIES = sure_of((0, 0.99), (7, 0.6), (3, 0.95), (3, 0.5), (9, 0.95), (6, 0.7))


def test_mistakes_come_the_surest_first_with_what_was_meant_and_read() -> None:
    worst = worst_mistakes(GREY / 255, DIGITS, PROBABILITIES)
    assert [(one["index"], one["digit"], one["read"], one["probability"]) for one in worst] == [
        (2, 2, 3, 0.95),
        (4, 4, 9, 0.95),
        (5, 5, 6, 0.7),
        (1, 1, 7, 0.6),
    ]


def test_a_mistake_carries_its_picture_grey_level_for_grey_level() -> None:
    for one in worst_mistakes((GREY / 255).astype(np.float32), DIGITS, PROBABILITIES):
        assert base64.b64decode(one["picture"]) == GREY[one["index"]].tobytes()


def test_no_more_are_kept_than_asked_and_none_where_all_is_right() -> None:
    assert [one["index"] for one in worst_mistakes(GREY / 255, DIGITS, PROBABILITIES, 2)] == [2, 4]
    assert worst_mistakes(GREY / 255, PROBABILITIES.argmax(1), PROBABILITIES) == []
