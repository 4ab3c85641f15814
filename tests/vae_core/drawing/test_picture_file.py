"""Picture files as people and attackers have them."""

import io
import re
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tiny import TESTS

from benchmarks.photos import make
from vae_core.drawing import picture_file
from vae_core.drawing.file_format import OPENERS
from vae_core.drawing.picture_file import read_picture
from vae_core.drawing.preprocess import preprocess

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of broken files, to whoever wrote them
LOSSLESS = ("PNG", "WEBP", "GIF", "BMP", "TIFF")


def seven(side: int = 500, pen: int = 20) -> Image.Image:
    image = Image.new("L", (side, side), 255)
    points = [(side * x, side * y) for x, y in ((0.3, 0.25), (0.65, 0.22), (0.42, 0.8))]
    ImageDraw.Draw(image).line(points, fill=0, width=pen, joint="curve")
    return image


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    if kind == "WEBP":
        options.setdefault("lossless", True)
    image.save(file, kind, **options)
    return file.getvalue()


def assert_read_alike(data: bytes, other: Image.Image, within: float = 0.01) -> None:
    assert abs(preprocess(read_picture(data)) - preprocess(read_picture(file_of(other, "PNG")))).mean() < within


@pytest.mark.parametrize("kind", sorted(set(OPENERS) - {"HEIF"}))
def test_every_format_of_the_list_is_read(kind):
    assert_read_alike(file_of(seven().convert("RGB"), kind), seven())


@pytest.mark.parametrize("name", ["seven", "turned"])
def test_the_format_of_an_iphone_is_read_upright(name):
    with Image.open(TESTS / "data" / "seven.png") as expected:
        assert_read_alike((TESTS / "data" / f"{name}.heic").read_bytes(), expected, within=0.02)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
        (b"\xc5\xd0\xd3\xc6\x20\0\0\0", "PostScript"),
        (b"\xff\x0a\xfa", "JPEG XL"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
        (b"PK\x03\x04\x14\0", "ZIP"),
    ],
)
def test_other_formats_are_named_with_what_to_do(head, kind):
    with pytest.raises(ValueError, match=rf"^expected a picture.* {kind}: \w+ .*(screenshot|picture)"):
        read_picture(head + b"\n" * 200)


@pytest.mark.parametrize("content", [b"", b"\0", b"no picture", b"PNG", b"\x89PNG", bytes(5000)])
def test_what_is_no_picture_is_refused_in_a_sentence(content):
    with pytest.raises(ValueError, match=r"^expected a picture, such as a PNG or JPEG file$"):
        read_picture(content)


def test_nothing_but_the_formats_of_the_list_is_ever_opened(monkeypatch):
    opened = []
    monkeypatch.setattr(Image, "open", lambda *given, **more: opened.append(given))
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **more: opened.append(given))
    for data in (file_of(seven(), "JPEG"), b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"):
        try:
            read_picture(data)
        except ValueError:
            continue
    assert opened == []


def test_a_postscript_file_that_was_opened_elsewhere_starts_no_program(monkeypatch, tmp_path):
    path = tmp_path / "digit.eps"
    seven().convert("RGB").save(path)
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **more: pytest.fail("a program was started"))
    with Image.open(path) as image, pytest.raises(ValueError, match=r"^expected a picture as PNG, .*, got EPS"):
        preprocess(image)


# modes


MODES = ["1", "P", "LA", "RGB", "RGBA", "I;16", "CMYK", "I"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("side", [700, 2200, 6000])
def test_thin_lines_read_the_same_in_every_mode(mode, side):
    image = seven(side, pen=2 if side < 3000 else 6)
    numbers = np.asarray(image).astype(np.uint16) * 257
    changed = Image.fromarray(numbers) if mode == "I;16" else image.convert(mode)
    assert_read_alike(file_of(changed, "TIFF" if mode in ("CMYK", "I") else "PNG"), image, within=0.002)


def test_a_fax_and_a_drawing_of_two_colours_keep_their_thin_lines():
    image = seven(2200, pen=2)
    assert_read_alike(file_of(image.convert("1"), "TIFF", compression="group4"), image, within=0.002)
    assert_read_alike(file_of(image.convert("P"), "GIF"), image, within=0.002)


# descriptions


def exif_of(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_is_turned_as_its_camera_was_held(kind):
    lying = seven().transpose(Image.Transpose.ROTATE_90)
    assert_read_alike(file_of(lying.convert("RGB"), kind, exif=exif_of(6)), seven())


BROKEN_EXIF = [
    b"",
    b"no TIFF at all",
    b"II*\0\x08\0\0\0\xff\xff",
    b"MM\0*\0\0\0\x08\0\x01\x01\x1a\0\x0a\0\0\0\x01\0\0\0\x1a\0\0\0\0" + struct.pack(">ii", -1, 0),
    b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\xff\xff\xff\x7f\xff\xff\xff\x7f",
    b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0",
]


@pytest.mark.parametrize("exif", BROKEN_EXIF, ids=range(len(BROKEN_EXIF)))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_description_does_not_matter(kind, exif):
    marked = file_of(seven().convert("RGB"), kind, exif=b"Exif\0\0" + exif)
    assert_read_alike(marked, seven())
    if kind == "JPEG":  # as it comes to whoever opens it with Pillow
        assert abs(preprocess(Image.open(io.BytesIO(marked))) - preprocess(seven())).mean() < 0.01


def test_a_broken_profile_of_colours_and_text_do_not_matter():
    for kind in ("JPEG", "PNG", "WEBP"):
        assert_read_alike(file_of(seven().convert("RGB"), kind, icc_profile=b"no profile"), seven())
    png = file_of(seven(), "PNG")
    bomb = b"tEXt" + b"\0" * 300
    chunk = struct.pack(">I", 300) + bomb + b"sum?"
    assert_read_alike(png[:33] + chunk + png[33:], seven())


# frames


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("place", [1, 5, 39])
def test_of_several_frames_the_one_with_most_ink_is_read(kind, place):
    full = seven(200, 12).convert("RGB")
    half = full.copy()
    half.paste("white", (0, 90, 200, 200))
    blank = Image.new("RGB", (200, 200), "white")
    frames = [blank.copy() for _ in range(40)]
    for k, frame in enumerate(frames):  # else equal ones are kept as one
        frame.putpixel((0, 0), (255, 255, 255 - k))
    frames[place - 1], frames[place] = half, full
    assert_read_alike(file_of(frames[0], kind, save_all=True, append_images=frames[1:]), full, 0.02)


def test_an_animation_of_very_many_frames_is_bounded(monkeypatch):
    looked = []
    glance = picture_file.fullest_frame.__globals__["ink_in"]
    monkeypatch.setitem(picture_file.fullest_frame.__globals__, "ink_in", lambda f: looked.append(f) or glance(f))
    frames = [Image.new("L", (20, 20), k % 256) for k in range(300)]
    frames[0] = seven(20, 2)
    read_picture(file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert len(looked) <= 65


def test_what_is_broken_after_the_first_frame_does_not_matter():
    frames = [seven(200, 12), Image.new("L", (200, 200), 255)]
    gif = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert_read_alike(gif[:-40], frames[0], 0.02)


# cost


def webp_of_nothing(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size + b"ALPH\0\0\0\0"


def png_of_nothing(width: int, height: int) -> bytes:
    png = bytearray(file_of(Image.new("L", (1, 1)), "PNG"))
    png[16:24] = struct.pack(">II", width, height)
    return bytes(png)


def gif_of_a_large_frame(width: int, height: int) -> bytes:
    gif = bytearray(file_of(Image.new("L", (4, 4)), "GIF"))
    place = gif.index(b"\x2c\0\0\0\0\x04\0\x04\0")
    gif[place + 5 : place + 9] = struct.pack("<HH", width, height)
    return bytes(gif)


def scans(jpeg: bytes, count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * count + jpeg[-2:]


def large_progressive(count: int) -> bytes:
    return scans(make((4000, 3000), "RGB", "JPEG", {"quality": 20, "progressive": True}), count)


HOSTILE = {
    "tiny WebP": lambda: webp_of_nothing(7000, 7000),
    "tiny PNG": lambda: png_of_nothing(9000, 9000),
    "huge PNG": lambda: png_of_nothing(100_000, 100_000),
    "GIF with a huge frame": lambda: gif_of_a_large_frame(60_000, 60_000),
    "progressive JPEG of many scans": lambda: large_progressive(300),
    "BMP of nothing": lambda: (
        file_of(Image.new("L", (1, 1)), "BMP")[:18] + struct.pack("<ii", 20_000, 9_000) + bytes(99)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_costs_too_much_is_refused_before_anything_is_decoded(kind, monkeypatch):
    data = HOSTILE[kind]()
    monkeypatch.setattr(picture_file, "decode", lambda *given: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"^expected a picture"):
        read_picture(data)


def test_ordinary_progressive_photos_are_read():
    assert read_picture(large_progressive(1)).shape[:2] == (768, 1024)


@pytest.mark.parametrize("kind", [*LOSSLESS, "JPEG", "AVIF", "HEIF"])
def test_cut_and_changed_files_are_read_or_refused_in_a_sentence(kind):
    rng = np.random.default_rng(0)
    whole = (TESTS / "data" / "seven.heic").read_bytes() if kind == "HEIF" else file_of(seven(120).convert("RGB"), kind)
    for _ in range(25):
        data = bytearray(whole[: rng.integers(12, len(whole) + 1)])
        for place in rng.integers(4, len(data), rng.integers(0, 4)):
            data[place] = rng.integers(256)
        try:
            read_picture(bytes(data))
        except ValueError as refused:
            assert re.match(r"expected a picture", str(refused))


def test_a_phones_two_hundred_million_pixels_are_read_in_bounded_memory(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(make((16320, 12240), "L", "JPEG", {"quality": 40}))
    command = [sys.executable, "-m", "benchmarks.photos", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]).stdout
    megabytes, _, shape = told.strip().split(" | ")
    assert int(megabytes) < 200
    assert shape == "1024 x 768"


def test_large_pictures_are_decoded_one_after_another(monkeypatch):
    under_way, most = [], []
    decode = picture_file.decode

    def watched(*given):
        under_way.append(1)
        most.append(len(under_way))
        try:
            return decode(*given)
        finally:
            under_way.pop()

    monkeypatch.setattr(picture_file, "decode", watched)
    data = file_of(seven(4000, 200), "PNG")
    threads = [threading.Thread(target=read_picture, args=(data,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
