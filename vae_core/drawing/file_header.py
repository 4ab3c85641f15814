"""What a picture file says of itself before anything of it is decoded: its size, its scans; and its description off."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vae_core.drawing.orientation import orientation_in

MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
EXIF = re.compile(rb"Exif\0\0(II\*\0|MM\0\*)")
START_OF_SCAN, END = 0xDA, 0xD9
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that tell size and kind
PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
KEPT = frozenset((0xE0, 0xEE))  # of the application's segments: JFIF and Adobe, which tell colours
KEPT_CHUNKS = (b"tRNS", b"acTL", b"fcTL", b"fdAT", b"sBIT", b"gAMA")  # of PNG's optional ones
DESCRIPTIONS = (b"EXIF", b"XMP ", b"ICCP")  # chunks of WebP
ITEMS = 1 << 16  # bytes in which HEIF and AVIF list what is in them


@dataclass(frozen=True)
class Header:
    """A file of `pixels` alone, and what is known of it without decoding."""

    data: bytes  # the file without its description
    width: int = 0  # 0 where opening tells it and costs nothing
    height: int = 0
    orientation: int = 1  # as Exif counts
    scans: int = 1  # passes over the picture
    coefficients: int = 0  # numbers that must be kept until the last pass
    frames: int = 0  # 0 where opening tells it


def read_header(name: str, data: bytes) -> Header:
    """Of a file in one of the formats that are read; raises ValueError or struct.error where it is broken."""
    reader = {"JPEG": jpeg_header, "PNG": png_header, "WEBP": webp_header, "GIF": gif_header}.get(name)
    if reader:
        return reader(data)
    return heif_header(data) if name in ("HEIF", "AVIF") else Header(data)


def jpeg_header(data: bytes) -> Header:
    parts, orientation, scans = [data[:2]], 1, 0
    width = height = coefficients = count = area = 0
    at = 2
    while found := MARKER.search(data, at):
        start, marker = found.end() - 2, data[found.end() - 1]
        if marker == END:
            break
        (length,) = struct.unpack_from(">H", data, start + 2)
        stop, body = start + 2 + length, start + 4
        if marker in FRAMES:
            height, width, count = struct.unpack_from(">HHB", data, body + 1)
            sampling = [data[body + 7 + 3 * k] for k in range(count)]
            most = max((s >> 4) for s in sampling) * max((s & 15) for s in sampling)
            area = sum((s >> 4) * (s & 15) for s in sampling) * width * height // max(most, 1)
            coefficients = area if marker in PROGRESSIVE else 0
        if marker == START_OF_SCAN:
            scans += 1
            if scans == 1:
                parts.append(data[start:])  # with all that follows
                if data[body] < count:
                    coefficients = area
        elif scans == 0 and marker == 0xE1 and data[body : body + 6] == b"Exif\0\0":
            orientation = orientation_in(data[body:stop])
        elif scans == 0 and (marker < 0xE0 or marker in KEPT):
            parts.append(data[start:stop])
        at = stop
    if not (width and height and scans):
        raise ValueError("a JPEG without a picture")
    return Header(b"".join(parts), width, height, orientation, scans, coefficients)


def png_header(data: bytes) -> Header:
    parts, orientation = [data[:8]], 1
    for name, start, stop in png_chunks(data):
        if name[0] & 32 and name not in KEPT_CHUNKS:
            if name == b"eXIf":
                orientation = orientation_in(b"Exif\0\0" + data[start + 8 : stop - 4])
        else:
            parts.append(data[start:stop])
    width, height = struct.unpack_from(">II", data, 16)
    return Header(b"".join(parts), width, height, orientation)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each."""
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], at, at + 12 + length
        at += 12 + length


def heif_header(data: bytes) -> Header:
    """What turns the pixels is among the items, and decoders do it; a few programs tell it in the description alone."""
    items = data[:ITEMS]
    turned = b"irot" in items or b"imir" in items
    found = None if turned else EXIF.search(data)
    orientation = orientation_in(data[found.start() : found.start() + ITEMS]) if found else 1
    return Header(items.replace(b"Exif", b"none") + data[ITEMS:], orientation=orientation)


def webp_header(data: bytes) -> Header:
    parts, orientation, pictures = [], 1, 0
    width = height = 0
    at = 12
    while at + 8 <= len(data):
        name, length = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        stop, body = at + 8 + length + length % 2, at + 8
        pictures += name in (b"VP8 ", b"VP8L", b"ANMF")
        if name == b"VP8X":
            wide, high = (1 + int.from_bytes(data[body + k : body + k + 3], "little") for k in (4, 7))
            width, height = max(width, wide), max(height, high)
        elif name == b"VP8 ":
            wide, high = struct.unpack_from("<HH", data, body + 6)
            width, height = max(width, wide & 0x3FFF), max(height, high & 0x3FFF)
        elif name == b"VP8L":
            (bits,) = struct.unpack_from("<I", data, body + 1)
            width, height = max(width, 1 + (bits & 0x3FFF)), max(height, 1 + (bits >> 14 & 0x3FFF))
        if name == b"EXIF":
            exif = data[body:stop]
            orientation = orientation_in(exif if exif.startswith(b"Exif") else b"Exif\0\0" + exif)
        if name not in DESCRIPTIONS:
            parts.append(data[at:stop])
        at = stop
    if not pictures:
        raise ValueError("a WebP without a picture")
    content = b"".join(parts)
    return Header(b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WEBP" + content, width, height, orientation)


def gif_header(data: bytes) -> Header:
    """Its size is that of the largest frame, which may be larger than what the file says of itself."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at, frames = 13 + colours(flags), 0
    while at + 10 < len(data) and data[at] in b"\x21\x2c":
        if data[at] == 0x2C:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at, frames = at + 11 + colours(flags), frames + 1
        else:
            at += 2
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return Header(data, width, height, frames=max(frames, 1))


def colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 128 else 0
