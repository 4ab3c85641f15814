"""Which files are read as pictures: told by their first bytes, never by their name. Of others, what to do instead."""

import re
from collections.abc import Callable
from typing import Any

from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

NOT_A_PICTURE = "expected a picture, such as a PNG or JPEG file"
HEAD = 1024  # bytes that a format is told by


class PlainTiff(TiffImageFile):
    """A TIFF whose description is not read: Pillow stumbles over a broken one after the pixels are decoded."""

    def load_end(self) -> None:
        pass


def open_heif(file: Any, name: str | None = None) -> Any:
    from pi_heif import HeifImageFile  # two megabytes of decoders, loaded when a phone sends its own format

    return HeifImageFile(file, name)


OPENERS: dict[str, Callable[..., Any]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": PlainTiff,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "HEIF": open_heif,
}  # none of which starts a program
SIGNATURES = (
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("JPEG", rb"\xff\xd8\xff"),
    ("WEBP", rb"RIFF....WEBP"),
    ("GIF", rb"GIF8[79]a"),
    ("BMP", rb"BM.{4}\0\0\0\0"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("AVIF", rb"....ftyp(avi[fs]|(mif1|msf1|miaf).{4}(....){0,8}?avi[fs])"),
    ("HEIF", rb"....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)"),
)
PICTURE = "save it as PNG or JPEG, or take a screenshot of it"
PAGE = "take a screenshot of its page"
PAUSE = "pause it and take a screenshot"
OTHERS = (
    ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", PICTURE),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL ", PICTURE),
    ("web page", rb"\s*(<!DOCTYPE html|<html)", PAGE),
    ("SVG", rb".*<svg[\s>]", PICTURE),
    ("PDF", rb".{0,1000}%PDF-", PAGE),
    ("PostScript", rb"\s*%!|\xc5\xd0\xd3\xc6", PAGE),
    ("Photoshop", rb"8BPS", PICTURE),
    ("icon", rb"\0\0[\x01\x02]\0", PICTURE),
    ("netpbm", rb"P[1-7fF]\s", PICTURE),
    ("DDS", rb"DDS ", PICTURE),
    ("OpenEXR", rb"\x76\x2f\x31\x01", PICTURE),
    ("Radiance", rb"#\?(RADIANCE|RGBE)", PICTURE),
    ("DICOM", rb".{128}DICM", PICTURE),
    ("Windows metafile", rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", PICTURE),
    ("camera raw", rb"....ftypcrx|FUJIFILMCCD-RAW|IIU\0|IIRO", PICTURE),
    ("video", rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI |\0\0\x01[\xb3\xba]|....(moov|mdat)", PAUSE),
    ("ZIP", rb"PK\x03\x04", "unpack it and give the picture in it"),
)  # fmt: skip
PATTERNS = [(name, re.compile(pattern, re.DOTALL)) for name, pattern in SIGNATURES]
OTHER_PATTERNS = [(name, re.compile(pattern, re.DOTALL | re.IGNORECASE), advice) for name, pattern, advice in OTHERS]


def format_of(data: bytes) -> str:
    """One of OPENERS; raises ValueError for any other file, with its format and what to do where it is known."""
    head = data[:HEAD]
    for name, pattern in PATTERNS:
        if pattern.match(head):
            return name
    for name, pattern, advice in OTHER_PATTERNS:
        if pattern.match(head):
            raise ValueError(f"{NOT_A_PICTURE}. This file is of the kind {name}: {advice}")
    raise ValueError(NOT_A_PICTURE)
