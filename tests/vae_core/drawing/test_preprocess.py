import io
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from tiny import TESTS

from vae_core.drawing.preprocess import preprocess
from vae_core.drawing.strokes import EDGE, PEN_WIDTH, BlankDrawing, render_strokes

SAMPLE = np.load(TESTS / "data" / "mnist-sample.npz")
MNIST = SAMPLE["images"]


def arc(start, stop, centre, radius, count=40):
    angle = np.linspace(start, stop, count) * np.pi
    return np.stack([centre[0] + radius[0] * np.cos(angle), centre[1] + radius[1] * np.sin(angle)], axis=1)


DIGITS = {
    "zero": [arc(-0.5, 1.5, (0.5, 0.5), (0.32, 0.5))],
    "one": [np.array([[0.4, 0.0], [0.45, 1.0]])],
    "two": [np.concatenate([arc(-1, 0.2, (0.5, 0.3), (0.3, 0.3)), [[0.2, 1.0], [0.85, 0.95]]])],
    "five": [
        np.concatenate([[[0.25, 0.1], [0.22, 0.45]], arc(-0.6, 0.8, (0.4, 0.7), (0.3, 0.3))]),
        np.array([[0.3, 0.0], [0.8, 0.0]]),
    ],
    "seven": [np.array([[0.1, 0.05], [0.8, 0.0], [0.3, 1.0]]), np.array([[0.2, 0.5], [0.7, 0.48]])],
    "eight": [arc(-0.5, 1.5, (0.5, 0.25), (0.25, 0.25)), arc(-0.5, 1.5, (0.5, 0.75), (0.3, 0.25))],
}
some_digit = st.sampled_from(sorted(DIGITS))
points = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=12).map(np.array)
drawings = st.lists(points, min_size=1, max_size=4)


def draw(digit, side=400, box=250, pen=20, at=(70, 60), ink=0, paper=255):
    """A picture (side, side) of a digit, its ink `box` pixels long, drawn with a round pen."""
    points = np.concatenate(DIGITS[digit])
    size = np.ptp(points, axis=0).max()
    image = Image.new("L", (side, side), paper)
    canvas = ImageDraw.Draw(image)
    for stroke in DIGITS[digit]:
        path = (stroke - points.min(axis=0)) / size * (box - pen) + np.array(at) + pen / 2
        canvas.line([tuple(point) for point in path], fill=ink, width=pen, joint="curve")
        for x, y in path:
            canvas.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
    return image


def centre_of(picture):
    return picture.sum(axis=0) @ np.arange(28) / picture.sum(), picture.sum(axis=1) @ np.arange(28) / picture.sum()


def longer_side_of(picture, above=0.0):
    rows, columns = np.nonzero(picture > above)
    return max(np.ptp(rows), np.ptp(columns)) + 1


def assert_as_mnist(picture):
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert picture.min() == 0
    assert 0.5 < picture.max() <= 1
    assert longer_side_of(picture) in (19, 20)


def assert_alike(picture, other, within=0.025):
    assert abs(picture - other).mean() < within


# strokes


@given(drawings)
@settings(max_examples=60, deadline=None)
def test_any_strokes_fit_the_box_with_their_centre_of_mass_in_the_middle(strokes):
    picture = render_strokes(strokes)
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert picture.min() == 0
    assert longer_side_of(picture) <= 20
    ink_touches_the_canvas_edge = picture[[0, -1]].any() or picture[:, [0, -1]].any()
    if not ink_touches_the_canvas_edge:
        assert centre_of(picture) == pytest.approx((14, 14), abs=0.05)


@pytest.mark.parametrize("strokes", [[[(0, 0), (0, 0), (1, 0), (2, 0)]], [[(3, 1), (2, 1), (0, 1)]]])
def test_rounding_inks_nothing_beyond_the_box(strokes):
    assert longer_side_of(render_strokes(strokes)) in (19, 20)


@given(some_digit, st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
@settings(max_examples=40, deadline=None)
def test_unit_and_place_of_strokes_do_not_matter(digit, unit, place):
    moved = [(stroke + place) * unit for stroke in DIGITS[digit]]
    np.testing.assert_allclose(render_strokes(moved), render_strokes(DIGITS[digit]), atol=1e-3)


@pytest.mark.parametrize("width", [1.5, PEN_WIDTH, 4.0])
def test_a_straight_one_is_twenty_pixels_tall_and_as_thin_as_the_pen(width):
    picture = render_strokes([[(3, 0), (3, 90)]], width=width)
    assert longer_side_of(picture) in (19, 20)
    assert picture[14].sum() == pytest.approx(width, abs=0.1)
    assert np.count_nonzero(picture[14]) <= width + EDGE + 1


def test_ink_is_a_soft_ramp_of_the_distance_to_the_stroke():
    picture = render_strokes([[(0, 0), (7, 90)]])
    y, x = np.mgrid[8:20, :28]
    distance = abs((x - 14) * 90 - (y - 14) * 7) / np.hypot(7, 90)
    np.testing.assert_allclose(picture[8:20], np.clip((PEN_WIDTH / 2 - distance) / EDGE + 0.5, 0, 1), atol=0.03)


def test_a_dot_is_drawn_as_a_dot():
    for strokes in ([[(5, 5)]], [[(5, 5), (5, 5)]], [[(5, 5)], [(5, 5)]]):
        picture = render_strokes(strokes)
        assert longer_side_of(picture) <= 4
        assert picture.sum() == pytest.approx(np.pi * PEN_WIDTH**2 / 4, rel=0.2)


def test_a_point_beside_a_stroke_is_drawn():
    assert not np.array_equal(render_strokes([[(0, 0), (0, 9)], [(5, 5)]]), render_strokes([[(0, 0), (0, 9)]]))


def test_points_between_points_change_nothing():
    ends = np.array([(0.0, 0.0), (3.0, 10.0)])
    dense = ends[0] + np.linspace(0, 1, 5000)[:, None] * (ends[1] - ends[0])
    np.testing.assert_allclose(render_strokes([dense]), render_strokes([ends]), atol=1e-3)


def test_same_strokes_give_the_same_picture_in_half_precision_too():
    strokes = [np.round(stroke * 64) / 64 for stroke in DIGITS["five"]]
    picture = render_strokes(strokes)
    assert np.array_equal(picture, render_strokes(strokes))
    assert np.array_equal(picture, render_strokes([stroke.astype(np.float16) for stroke in strokes]))
    assert np.array_equal(picture, render_strokes([stroke.tolist() for stroke in strokes]))


def test_ink_far_to_one_side_is_kept_on_the_canvas():
    scribble = np.random.default_rng(0).normal(0, 0.01, (500, 2))
    picture = render_strokes([scribble, [(0, 0), (1, 0)], [(0, 0), (0, 1)]])
    assert longer_side_of(picture) in (19, 20)


@pytest.mark.parametrize("strokes", [[], [[]], [np.empty((0, 2))], ()])
def test_no_points_are_a_blank_drawing(strokes):
    with pytest.raises(BlankDrawing, match="at least one point"):
        render_strokes(strokes)


@pytest.mark.parametrize(
    "strokes",
    [
        None,
        7,
        "strokes",
        [(0, 0), (1, 1)],
        [[(0, 0, 0)]],
        [[(0, 0), (1,)]],
        [[("a", "b")]],
        [[(True, False)]],
        [[(1j, 2)]],
        [[(0, float("nan"))]],
        [[(0, float("inf"))]],
        [[(0, 0), (1e300, 0)]],
        [np.zeros((100_000, 2))],
        np.zeros((3, 2)),
    ],
    ids=str,
)
def test_what_is_not_strokes_is_refused_in_a_sentence(strokes):
    with pytest.raises(ValueError, match=r"^expected .*, got "):
        render_strokes(strokes)


@pytest.mark.parametrize("width", [0, -1, 50, float("nan")])
def test_a_pen_of_no_sensible_width_is_refused(width):
    with pytest.raises(ValueError, match="pen width"):
        render_strokes(DIGITS["one"], width=width)


def test_extreme_but_finite_coordinates_are_drawn():
    expected = render_strokes(DIGITS["seven"])
    for unit in (1e-300, 1e90):
        np.testing.assert_allclose(render_strokes([stroke * unit for stroke in DIGITS["seven"]]), expected, atol=1e-3)


def test_a_digit_is_drawn_in_a_few_milliseconds():
    strokes = [arc(0, 6, (0, 0), (1, 1), count=50)]
    render_strokes(strokes)
    times = []
    for _ in range(20):
        start = time.process_time()
        render_strokes(strokes)
        times.append(time.process_time() - start)
    assert np.median(times) < 0.02


# pictures of MNIST


def test_mnist_digits_come_back_as_they_are():
    for image in MNIST[::3]:
        assert_alike(preprocess(image), image / 255, within=0.01)


def test_inverted_mnist_digits_come_back_as_mnist_has_them():
    for image in MNIST[::8]:
        assert_alike(preprocess(255 - image), image / 255, within=0.01)


@pytest.mark.parametrize("kind", ["unit", "bytes in floats", "colour", "wide", "channel"])
def test_the_type_of_numbers_does_not_matter(kind):
    image = MNIST[3]
    same = {
        "unit": image / 255,
        "bytes in floats": image.astype(np.float32),
        "colour": np.repeat(image[:, :, None], 3, axis=2),
        "wide": image.astype(np.uint16) * 257,
        "channel": image[:, :, None],
    }[kind]
    np.testing.assert_allclose(preprocess(same), preprocess(image), atol=1e-6)


def test_binary_digits_are_read():
    difference = [abs(preprocess(image > 127) - image / 255).mean() for image in MNIST[::8]]
    assert np.mean(difference) < 0.05


def test_mnist_digits_come_back_from_anywhere_on_a_canvas():
    for image in MNIST[::40]:
        canvas = np.zeros((100, 140), dtype=np.uint8)
        canvas[50:78, 100:128] = image
        assert_alike(preprocess(canvas), image / 255, within=0.01)


def test_mnist_digits_blown_up_are_read_alike():
    for image in MNIST[::40]:
        large = Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC)
        assert_alike(preprocess(large), image / 255, within=0.08)


# pictures of drawings


@given(
    some_digit,
    st.integers(100, 240),
    st.floats(0.02, 0.2),
    st.integers(0, 50),
    st.integers(0, 50),
    st.sampled_from([(0, 255), (255, 0), (90, 200), (200, 30)]),
)
@settings(max_examples=60, deadline=None)
def test_a_drawing_looks_the_same_whatever_its_size_place_pen_and_polarity(digit, box, pen, x, y, colours):
    ink, paper = colours
    picture = preprocess(draw(digit, 300, box, max(1, round(pen * box)), (x, y), ink, paper))
    assert_as_mnist(picture)
    assert centre_of(picture) == pytest.approx((14, 14), abs=0.1)
    assert_alike(picture, render_strokes(DIGITS[digit], width=np.clip(pen * 18.9, 2.1, 3.3)), within=0.04)


@given(some_digit, st.integers(2, 40))
@settings(max_examples=30, deadline=None)
def test_doing_it_twice_is_doing_it_once(digit, pen):
    once = preprocess(draw(digit, pen=pen))
    np.testing.assert_allclose(preprocess(once), once, atol=0.05)


@pytest.mark.parametrize("digit", sorted(DIGITS))
@pytest.mark.parametrize("pen", [1, 6, 20, 45])
def test_a_picture_of_strokes_agrees_with_the_strokes(digit, pen):
    width = np.clip(pen / 250 * 18.9, 2.1, 3.3)
    assert_alike(preprocess(draw(digit, pen=pen)), render_strokes(DIGITS[digit], width), within=0.02)


@pytest.mark.parametrize("pen", [1, 45])
def test_pens_beyond_mnist_are_brought_to_its_range(pen):
    picture = preprocess(draw("one", pen=pen))
    assert 1.9 < picture[10:18].sum(axis=1).mean() < 3.6


def test_a_thick_pen_made_thin_does_not_break_thin_strokes():
    image = Image.new("L", (300, 300), 255)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((60, 40, 240, 90), fill=0)
    canvas.rectangle((140, 90, 148, 210), fill=0)
    canvas.rectangle((60, 210, 240, 260), fill=0)
    picture = preprocess(image)
    assert (picture.max(axis=1)[5:23] > 0.4).all()


MODES = ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "La", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_image_is_read(mode):
    grey = draw("five")
    if mode in ("PA", "La"):
        image = grey.convert("LA").convert(mode)
    elif mode == "RGBa":
        image = grey.convert("RGBA").convert(mode)
    elif mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = grey.convert(mode)
    assert image.mode == mode
    assert_alike(preprocess(image), preprocess(grey), within=0.002)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 90), (128, 128, 128)])
@pytest.mark.parametrize("opacity", [255, 100])
def test_ink_on_nothing_is_read_whatever_its_colour(colour, opacity):
    mask = draw("seven", ink=255, paper=0)
    image = Image.new("RGBA", mask.size, (0, 0, 0, 0))
    image.paste((*colour, opacity), mask=mask)
    expected = preprocess(mask)
    assert_alike(preprocess(image), expected, within=0.002)
    assert_alike(preprocess(np.asarray(image)), expected, within=0.002)
    assert_alike(preprocess(np.asarray(image) / 255), expected, within=0.002)


def test_a_sheet_with_round_transparent_corners_is_paper():
    image = draw("two").convert("RGBA")
    corners = Image.new("L", image.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, 399, 399), 40, fill=255)
    image.putalpha(corners)
    assert_alike(preprocess(image), preprocess(draw("two")), within=0.005)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((255, 255, 0), (255, 255, 255)), ((0, 0, 255), (0, 0, 0)), ((200, 0, 0), (0, 120, 0)), ((230,) * 3, (255,) * 3)],
)
def test_colours_that_are_equally_bright_are_told_apart(ink, paper):
    mask = draw("five", ink=255, paper=0)
    image = Image.new("RGB", mask.size, paper)
    image.paste(ink, mask=mask)
    assert_alike(preprocess(image), preprocess(mask), within=0.005)


@pytest.mark.parametrize("inset", [0, 10])
@pytest.mark.parametrize("line", [1, 4, 12])
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_a_frame_round_the_picture_is_not_ink(inset, line, ink, paper):
    image = draw("five", ink=ink, paper=paper)
    far = 399 - inset
    ImageDraw.Draw(image).rectangle((inset, inset, far, far), outline=ink, width=line)
    assert_alike(preprocess(image), preprocess(draw("five")), within=0.01)


def test_a_box_that_is_all_there_is_is_a_zero():
    image = Image.new("L", (100, 100), 255)
    ImageDraw.Draw(image).rectangle((10, 5, 90, 95), outline=0, width=8)
    assert_as_mnist(preprocess(image))


def test_specks_do_not_move_the_box():
    image = draw("two")
    canvas = ImageDraw.Draw(image)
    for x, y in np.random.default_rng(0).uniform(0, 395, (50, 2)):
        canvas.ellipse((x, y, x + 3, y + 3), fill=0)
    canvas.rectangle((380, 380, 395, 395), fill=0)
    assert_alike(preprocess(image), preprocess(draw("two")), within=0.01)


@pytest.mark.parametrize("digit", ["five", "seven"])
def test_strokes_apart_from_one_another_are_all_kept(digit):
    picture = preprocess(draw(digit, pen=8))
    assert_alike(picture, render_strokes(DIGITS[digit]))


def test_a_small_digit_in_the_corner_of_a_large_canvas_is_found():
    picture = preprocess(draw("seven", side=1000, box=12, pen=1, at=(980, 4)))
    assert_as_mnist(picture)
    assert_alike(picture, render_strokes(DIGITS["seven"]), within=0.06)


def photograph(digit, light, chalk=False):
    """Pen on paper under `light` (480, 480), out of focus, with grain, as a JPEG."""
    ink = draw(digit, 480, 240, 14, (120, 110), ink=255, paper=0).filter(ImageFilter.GaussianBlur(1.5))
    ink = np.asarray(ink) / 255
    surface = 60 + 160 * ink if chalk else 230 - 170 * ink
    grain = np.random.default_rng(0).normal(0, 4, (480, 480))
    file = io.BytesIO()
    Image.fromarray(np.clip(light * surface + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=60)
    return Image.open(file)


SLOPE = np.linspace(0.5, 1, 480) * np.linspace(0.8, 1, 480)[:, None]
SHADOW = 1 - 0.4 / (1 + np.exp(-np.linspace(-12, 12, 480))) * np.ones((480, 1))


@pytest.mark.parametrize("light", [SLOPE, SHADOW], ids=["slope", "shadow"])
@pytest.mark.parametrize("digit", ["two", "five", "eight"])
def test_photographs_in_uneven_light_are_read(digit, light):
    assert_alike(preprocess(photograph(digit, light)), render_strokes(DIGITS[digit]))


def test_chalk_on_a_blackboard_is_read():
    assert_alike(preprocess(photograph("two", SLOPE, chalk=True)), render_strokes(DIGITS["two"]))


def test_a_photograph_is_turned_upright():
    lying = draw("seven").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned clockwise
    file = io.BytesIO()
    lying.save(file, "JPEG", exif=exif, quality=95)
    assert_alike(preprocess(Image.open(file)), preprocess(draw("seven")), within=0.01)


def test_a_large_picture_keeps_its_thin_lines():
    picture = preprocess(draw("two", side=3000, box=2400, pen=1))
    assert_alike(picture, render_strokes(DIGITS["two"], width=2.1))


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([(), (1,), (2,), (3,), (4,)]), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_noise_of_any_size_gives_a_picture_or_a_blank(height, width, channels, seed):
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, *channels)).astype(np.uint8)
    for image in (noise, noise // 128 * 255):
        try:
            picture = preprocess(image)
        except BlankDrawing:
            continue
        assert picture.shape == (28, 28)
        assert 0 <= picture.min() < picture.max() <= 1


def test_a_digit_of_five_pixels_is_read():
    seven = np.array([[0] * 5, [0, 1, 1, 1, 0], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0] * 5])
    assert_as_mnist(preprocess(seven * 255))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 255), st.sampled_from([(), (3,)]))
@settings(max_examples=40, deadline=None)
def test_one_colour_is_a_blank_drawing(height, width, value, channels):
    with pytest.raises(BlankDrawing):
        preprocess(np.full((height, width, *channels), value, dtype=np.uint8))


@pytest.mark.parametrize("opacity", [0, 255])
def test_one_colour_is_blank_with_and_without_transparency(opacity):
    for colour in (0, 128, 255):
        with pytest.raises(BlankDrawing):
            preprocess(Image.new("RGBA", (50, 40), (colour, colour, colour, opacity)))


def test_hidden_colours_under_full_transparency_are_blank():
    image = draw("two").convert("RGBA")
    image.putalpha(0)
    with pytest.raises(BlankDrawing):
        preprocess(image)


@pytest.mark.parametrize("side", [28, 280, 1200])
def test_the_grain_of_empty_paper_is_blank(side):
    grain = np.random.default_rng(0).normal(190, 4, (side, side)).astype(np.uint8)
    with pytest.raises(BlankDrawing):
        preprocess(grain)


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        "digit.png",
        [[0, 1], [1, 0]],
        np.zeros(784),
        np.zeros((28, 28, 5)),
        np.zeros((2, 28, 28, 3)),
        np.zeros((0, 5)),
        np.zeros((5, 5), dtype=complex),
        np.zeros((5, 5), dtype=object),
        np.array([[0, np.nan], [1, 0]]),
        np.array([[0, np.inf], [1, 0]]),
        np.array([[0.0, -1.0], [1, 0]]),
        np.array([[0.0, 256.0], [1, 0]]),
        np.array([[0, -1], [1, 0]]),
        np.array([[0, 70000], [1, 0]]),
        np.broadcast_to(np.uint8(0), (10_000, 10_000)),
        Image.new("1", (8000, 8000)),
        Image.new("L", (0, 0)),
    ],
    ids=lambda drawing: f"{type(drawing).__name__} {getattr(drawing, 'shape', '')}{getattr(drawing, 'size', '')}",
)
def test_what_is_not_a_picture_is_refused_in_a_sentence(drawing):
    with pytest.raises(ValueError, match=r"^expected .*, got ") as refusal:
        preprocess(drawing)
    assert not isinstance(refusal.value, BlankDrawing)


def test_a_truncated_file_is_refused_in_a_sentence():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200)).astype(np.uint8)).save(file, "PNG")
    image = Image.open(io.BytesIO(file.getvalue()[:5000]))
    with pytest.raises(ValueError, match="expected a whole picture"):
        preprocess(image)


def test_the_drawing_itself_is_left_alone():
    image = np.asarray(draw("two")).copy()
    before = image.copy()
    preprocess(image)
    assert np.array_equal(image, before)
