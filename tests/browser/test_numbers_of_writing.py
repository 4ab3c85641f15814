"""What the page computes of writing and of a hand by itself, beside what Python computes: the draws, the text that may
be written, the hand and its course, what drawings measure, and how that is told in words."""

import math
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy import ndimage
from skimage.morphology import skeletonize

from demo.door.hand import words
from demo.door.leaning import leaning
from demo.page.files import address
from vae_core import load_model
from vae_core.drawing.morphometrics import MEASURES, measure
from vae_core.writing.course import course_of
from vae_core.writing.hand import Hand, Manner, hand_of, reshaped, stray
from vae_core.writing.text import MAX_SIGNS, SIGNS, read_text

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

ENGINE = 1e-9  # how far sums in another order, and another engine's exp and tanh, may lead
Grey = NDArray[np.uint8]
Ask = Callable[..., list[Any]]

ASK = """async ([module, name, questions]) => {
    const ask = (await import(module))[name];
    return questions.map((question) => {
        try { return ask(...question); } catch (error) { return `${error.constructor.name}: ${error.message}`; }
    });
}"""
DRAW = """async ([module, questions]) => {
    const { normals } = await import(module);
    const text = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return questions.map(([seed, count]) => text(new Uint8Array(normals(seed, count).buffer)));
}"""
OF_PICTURES = """
    const pictures = (text) => Array.from({ length: text.length / 784 }, (_, k) =>
        Float32Array.from(text.slice(784 * k, 784 * (k + 1)), (byte) => byte.charCodeAt(0) / 255));
"""
MEASURE = f"""async ([module, text]) => {{
    const {{ measure }} = await import(module); {OF_PICTURES}
    return pictures(text).map(measure);
}}"""
LEAN = f"""async ([module, directions, questions]) => {{
    const {{ leaning }} = await import(module); {OF_PICTURES}
    return questions.map(([text, digits]) => leaning(directions, pictures(text), digits));
}}"""
THIN = """async ([module, side, masks]) => {
    const { skeletonOf } = await import(module);
    return masks.map((mask) => [...skeletonOf(Uint8Array.from(mask, Number), side)].join(""));
}"""


@pytest.fixture
def modules(blank: Page, url: str) -> Callable[[str], str]:
    """The address of a module of the writing, to be imported by a page of the same origin."""
    blank.goto(f"{url}{address('runtime/strokes.js')}")  # its text: any page of this origin would do
    return lambda name: f"{url}{address(f'runtime/writing/{name}.js')}"


@pytest.fixture
def ask(blank: Page, modules: Callable[[str], str]) -> Ask:
    """What a function of a module gives for each list of arguments, or why it refuses."""
    return lambda module, name, questions: blank.evaluate(ASK, [modules(module), name, questions])


def as_text(pictures: Grey) -> str:
    return pictures.tobytes().decode("latin-1")


def in_unit(pictures: Grey) -> NDArray[np.float32]:
    return (pictures / 255).astype(np.float32)


def told(answer: Callable[..., Any], *arguments: Any) -> Any:
    """What Python gives, or its sentence as the page has it."""
    try:
        return answer(*arguments)
    except ValueError as error:
        return f"Unanswerable: {error}"


def test_the_draws_are_those_of_numpy_to_the_last_bit(blank: Page, modules: Callable[[str], str]) -> None:
    lots = np.random.default_rng(0)
    whole = [0, 1, 5, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**53, *lots.integers(2**53, size=20).tolist()]
    lists = [[0], [7], [0, 0], [0, 1], [2**32, 3], [1, 2, 3, 4, 5], [2**40, 2**33, 9, 2**53]]
    lists += [lots.integers(2**33, size=n).tolist() for n in range(1, 9)]
    questions = [*([seed, 500] for seed in whole + lists), [3, 150_000], [[20, 7], 150_000], [0, 0], [4, 1]]
    drawn = [
        np.frombuffer(text.encode("latin-1"), "<f8") for text in blank.evaluate(DRAW, [modules("generator"), questions])
    ]
    expected = [np.random.default_rng(seed).standard_normal(count) for seed, count in questions]
    for numbers, wanted in zip(drawn, expected, strict=True):
        np.testing.assert_allclose(numbers, wanted, rtol=1e-15)
        usual = np.abs(wanted) < 3.6541528853610088  # beyond it a logarithm of the engine has the last bit
        assert numbers[usual].tobytes() == wanted[usual].tobytes()
    assert sum((np.abs(wanted) > 3.66).sum() for wanted in expected) > 20


def test_a_text_is_taken_and_refused_alike(ask: Ask) -> None:
    lots = np.random.default_rng(0)
    strange = [
        *"aé'\"\\`\0\x07\x7f\x85\u00ad\u200b\u2028\u3000\ud7ff\ue000😀",
        "\U000e0001",
        "\u0301",
        "\u202e",
        "%",
        "٣",
        "²",
    ]
    typed = [*SIGNS, "\r\n", "\r", "\t", "\u00a0", "\u202f", "\u2212", "\u2013"]
    texts: list[Any] = ["", " ", " \n\t\r\n", "0", "1\r\n2\r3\n", "3 − 4", "\n\r\n7"]
    texts += [f"1{sign}2" for sign in strange] + strange
    texts += ["".join(lots.choice(typed, size=n)) for n in lots.integers(1, 60, size=60)]
    texts += ["".join(lots.choice([*typed, *strange], size=n)) for n in lots.integers(1, 60, size=20)]
    texts += [sign * count for sign in ("1", "😀", "\r\n") for count in (MAX_SIGNS, MAX_SIGNS + 1, 2 * MAX_SIGNS + 1)]
    texts += ["1" + "\r\n" * (MAX_SIGNS - 1), "1" + "\r\n" * MAX_SIGNS]
    texts += [
        None,
        True,
        False,
        0,
        -12,
        1.5,
        1e-7,
        -2.5e-5,
        0.0001,
        1e21,
        2.5e300,
        [],
        {},
        [1, "a'b", None, [True, '"']],
    ]
    texts += [{"text": "7\n", "a": {"b": 1.25}}, list(range(50)), ["x" * 70], ["é" * 56], ["é" * 55], ["\n" * 30]]
    expected = [told(read_text, text) for text in texts]
    assert ask("text", "readText", [[text] for text in texts]) == expected
    refused = [sentence for sentence in expected if sentence.startswith("Unanswerable: ")]
    assert len(refused) > 60
    assert len(expected) - len(refused) > 60


def styles_of(lots: np.random.Generator) -> list[NDArray[np.float64]]:
    sizes = [(1, 1), (1, 16), (2, 2), (3, 8), (10, 16), (37, 32), (100, 16)]
    drawn = [lots.normal(size=size) * width for size in sizes for width in (0.3, 1.0, 4.0)]
    return [*drawn, np.zeros((1, 4)), np.zeros((5, 3)), np.ones((4, 2)), np.array([[2.0, 0.0], [-2.0, 0.0]])]


def test_a_hand_and_its_course_are_the_same(ask: Ask) -> None:
    cases = styles_of(np.random.default_rng(1))
    questions = [[rows.tolist()] for rows in cases]
    for rows, hand, agreed, course in zip(
        cases,
        ask("hand", "handOf", questions),
        ask("hand", "agreed", questions),
        ask("hand", "courseOf", questions),
        strict=True,
    ):
        expected = hand_of(rows)
        np.testing.assert_allclose(hand["style"], expected.style, atol=ENGINE)
        np.testing.assert_allclose(hand["spread"], expected.spread, atol=ENGINE)
        np.testing.assert_allclose(agreed, expected.style, atol=ENGINE)
        assert course.keys() == vars(course_of(rows)).keys()
        for name, values in vars(course_of(rows)).items():
            np.testing.assert_allclose(course[name], values, atol=ENGINE, err_msg=name)


def test_digits_stray_from_a_hand_alike(ask: Ask) -> None:
    lots = np.random.default_rng(2)
    cases = [
        (hand_of(rows), variation, lots.normal(size=(count, rows.shape[1])))
        for rows in styles_of(lots)
        for variation, count in ((0.0, 3), (0.5, 1), (1.0, 4), (3.0, 2), (1.0, 0))
    ]
    cases += [
        (Hand(np.full(4, 0.1), np.full(4, 2.0)), 1.0, lots.normal(size=(3, 4)))
    ]  # nothing is left to stray around
    questions = [
        [{"style": hand.style.tolist(), "spread": hand.spread.tolist()}, variation, noise.tolist()]
        for hand, variation, noise in cases
    ]
    for (hand, variation, noise), rows in zip(cases, ask("hand", "strayed", questions), strict=True):
        np.testing.assert_allclose(np.reshape(rows, noise.shape), stray(hand, variation, noise), atol=ENGINE)


def test_a_hand_is_slanted_and_thickened_alike(ask: Ask) -> None:
    model = load_model("conv")
    assert model.shape is not None
    lots = np.random.default_rng(3)
    styles, digits = lots.normal(size=(20, model.latent_dim)), np.arange(20) % 10
    styles[0] *= 40.0  # beyond what a style may be
    manners = [
        Manner(slant=slant, thickness=thick) for slant, thick in ((0, 0), (12, 0), (0, -0.7), (-40, 2), (3.5, 1))
    ]
    questions = [
        [
            model.shape.directions.to_json(),
            styles.tolist(),
            digits.tolist(),
            {"slant": manner.slant, "thickness": manner.thickness},
            model.name,
        ]
        for manner in manners
    ]
    for manner, rows in zip(manners, ask("hand", "reshaped", questions), strict=True):
        np.testing.assert_allclose(rows, reshaped(model, styles, digits, manner), atol=1e-6)


@pytest.mark.parametrize("name", ["plane", "it's mine", 'a "b" \\ c'])
def test_a_model_without_directions_writes_as_it_is_and_refuses_to_slant(ask: Ask, name: str) -> None:
    model: Any = SimpleNamespace(shape=None, name=name)
    styles, digits = np.array([[1.0, -30.0]]), np.array([3])
    manners = [Manner(), Manner(slant=1.0), Manner(thickness=-1.0)]
    questions = [
        [None, styles.tolist(), digits.tolist(), {"slant": manner.slant, "thickness": manner.thickness}, name]
        for manner in manners
    ]
    plain, *refused = ask("hand", "reshaped", questions)
    assert plain == reshaped(model, styles, digits, manners[0]).tolist()
    assert refused == [told(reshaped, model, styles, digits, manner) for manner in manners[1:]]


def odd_pictures() -> Grey:
    """Blank, full, one pixel, a corner, two, a frame, its negative, halves, lines, too faint, just not, and noise."""
    lots = np.random.default_rng(4)
    rows = np.zeros((16, 28, 28))
    rows[1] = rows[2, 13, 13] = rows[3, 0, 0] = rows[4, 5, 5] = rows[4, 20, 9] = 1
    rows[5, 4:24, 4:24], rows[5, 7:21, 7:21] = 1, 0
    rows[6] = 1 - rows[5]
    rows[7, :14] = rows[8, :, 14:] = rows[9, 9] = rows[10, :, 27] = 1
    rows[11], rows[12] = np.eye(28), np.eye(28)[::-1]
    rows[13], rows[14] = 0.09 * rows[5], 0.15 * rows[5]
    rows[15] = 0.5
    noise = lots.random((12, 28, 28)) * (lots.random((12, 28, 28)) < np.linspace(0.05, 1, 12)[:, None, None])
    return np.rint(255 * np.concatenate([rows, noise])).astype(np.uint8)


@pytest.mark.parametrize("kind", ["digits", "odd pictures"])
def test_pictures_measure_the_same(blank: Page, modules: Callable[[str], str], images: NDArray, kind: str) -> None:
    pictures = np.rint(255 * images).astype(np.uint8) if kind == "digits" else odd_pictures()
    found = blank.evaluate(MEASURE, [modules("measure"), as_text(pictures)])
    expected = measure(in_unit(pictures))
    blanks = np.isnan(expected).any(axis=1)
    assert [row is None for row in found] == blanks.tolist()
    assert blanks.any() == (kind == "odd pictures")
    rows = np.array([row for row in found if row])
    np.testing.assert_allclose(rows, expected[~blanks], atol=1e-6)
    length = MEASURES.index("length")
    np.testing.assert_allclose(rows[:, length], expected[~blanks, length], rtol=1e-14)


def test_skeletons_are_those_of_scikit_image_to_the_pixel(blank: Page, modules: Callable[[str], str]) -> None:
    side = 40
    lots = np.random.default_rng(5)
    masks = [lots.random((side, side)) < share for share in np.linspace(0, 1, 80)]
    masks += [ndimage.gaussian_filter(lots.normal(size=(side, side)), width) > 0 for width in (1, 2, 3, 5) * 5]
    bits = ["".join(map(str, mask.astype(int).ravel())) for mask in masks]
    found = blank.evaluate(THIN, [modules("skeleton"), side, bits])
    assert found == ["".join(map(str, skeletonize(mask).astype(int).ravel())) for mask in masks]


def leaned(picture: NDArray, shear: float, wider: int) -> Grey:
    """A picture sheared about its middle row, its strokes thickened by `wider` pixels."""
    thick = ndimage.grey_dilation(picture, size=(1 + wider, 1 + wider))
    sheared = ndimage.affine_transform(thick, [[1, 0, 0], [shear, 1, -shear * 13.5]], order=1)
    return np.rint(255 * np.clip(sheared, 0, 1)).astype(np.uint8)


def test_how_a_hand_leans_is_told_in_the_same_words(
    blank: Page, modules: Callable[[str], str], images: NDArray, mnist_sample: Any
) -> None:
    model = load_model("conv")
    assert model.shape is not None
    lots, labels = np.random.default_rng(6), mnist_sample.labels.numpy()
    cases = []
    for count in (1, 2, 3, 5, 8) * 12:
        kinds = lots.choice(10, size=int(lots.integers(1, 4)), replace=False)
        shears = dict(zip(kinds, lots.uniform(-0.6, 0.6, len(kinds)), strict=True))
        wider = dict(zip(kinds, lots.integers(0, 2, len(kinds)), strict=True))
        if count % 2:
            shears = dict.fromkeys(kinds, lots.uniform(-0.5, 0.5) * (count > 1))
        chosen = lots.choice(np.flatnonzero(np.isin(labels, kinds)), size=count)
        drawn = [leaned(images[k], shears[labels[k]], wider[labels[k]]) for k in chosen]
        cases.append((np.stack(drawn), labels[chosen]))
    blanks = np.zeros((2, 28, 28), dtype=np.uint8)
    cases += [(blanks, np.array([1, 2])), (np.concatenate([blanks, cases[0][0]]), np.array([1, 2, *cases[0][1]]))]
    questions = [[as_text(pictures), digits.tolist()] for pictures, digits in cases]
    found = blank.evaluate(LEAN, [modules("leaning"), model.shape.directions.to_json(), questions])
    expected = [leaning(model, in_unit(pictures), digits) for pictures, digits in cases]
    assert found == expected
    clauses = " ".join(clause for one in expected for clause in one)
    kinds_told = ("to the right than most", "to the left than most", "s to the left", "further to the left than your",
                  "lean further than your", "thicker strokes")  # fmt: skip
    assert all(kind in clauses for kind in kinds_told), [kind for kind in kinds_told if kind not in clauses]
    assert [] in expected
    assert blank.evaluate(LEAN, [modules("leaning"), None, questions[:3]]) == [[], [], []]


def bar(degrees: float, width: float) -> Grey:
    """A bar that leans so far to the right."""
    down, right = np.mgrid[:28, :28] - 13.5
    ink = np.clip(width / 2 + 0.5 - np.abs(right + np.tan(np.radians(degrees)) * down), 0, 1) * (np.abs(down) < 10)
    return np.rint(255 * ink).astype(np.uint8)


def test_the_words_change_at_the_same_degrees_and_pixels(blank: Page, modules: Callable[[str], str]) -> None:
    model = load_model("conv")
    assert model.shape is not None
    directions = model.shape.directions
    upright = replace(directions, output=0 * directions.output, centre=np.tile([0.0, 3.0, 9.0, 20.0, 19.0], (10, 1)))
    fake: Any = SimpleNamespace(shape=SimpleNamespace(directions=upright), latent_dim=model.latent_dim)
    leans = (-20.0, -6.2, -5.8, -5.0, -3.2, -2.8, 2.8, 3.2, 5.0, 5.8, 6.2, 20.0)
    pairs = [((one, 3.0), (other, 3.0)) for one in leans for other in leans]
    pairs += [((0.0, 3.0), (1.0, width)) for width in np.arange(2.0, 4.05, 0.1)]
    questions = [[as_text(np.stack([bar(*one), bar(*other)])), [7, 1]] for one, other in pairs]
    found = blank.evaluate(LEAN, [modules("leaning"), upright.to_json(), questions])
    pictures = [in_unit(np.stack([bar(*one), bar(*other)])) for one, other in pairs]
    assert found == [leaning(fake, both, np.array([7, 1])) for both in pictures]
    assert len({str(clauses) for clauses in found}) > 20


def test_how_sure_a_hand_is_is_told_in_the_same_words(ask: Ask) -> None:
    shares = [
        0.0,
        0.005,
        0.015,
        0.025,
        0.125,
        0.375,
        0.5,
        0.285,
        0.545,
        0.625,
        0.995,
        0.994999,
        1.0,
        *np.linspace(0, 1, 201),
    ]
    shares += [math.nextafter(share, to) for share in (0.125, 0.375, 0.545) for to in (0.0, 1.0)]
    cases = [(count, float(share), ["a", "b"][: count % 3]) for count, share in enumerate(shares)]
    assert ask("leaning", "inWords", [list(case) for case in cases]) == [words(*case) for case in cases]
