"""What it takes to read a large picture: memory and seconds, each in a process of its own.

    python -m benchmarks.photos

Pictures are made here, of a digit on paper with grain (seed 0). Memory is what the process had at most beyond what it
had before it read; the file itself, up to 40 MB, is in the latter.
"""

import argparse
import io
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vae_core.drawing.picture_file import read_picture

PHONES = {
    "12 million pixels, JPEG": ((4032, 3024), "RGB", "JPEG", {"quality": 90}),
    "50 million pixels, JPEG": ((8160, 6144), "RGB", "JPEG", {"quality": 85}),
    "50 million pixels, progressive": ((8160, 6144), "RGB", "JPEG", {"quality": 85, "progressive": True}),
    "200 million pixels, JPEG": ((16320, 12240), "L", "JPEG", {"quality": 80}),
    "50 million pixels, PNG": ((8160, 6144), "RGB", "PNG", {"compress_level": 1}),
    "25 million pixels, WebP": ((5776, 4336), "RGB", "WEBP", {"method": 0}),
    "12 million pixels, AVIF": ((4032, 3024), "RGB", "AVIF", {"speed": 10}),
}


def make(size: tuple[int, int], mode: str, kind: str, options: dict) -> bytes:
    """A file with a 7 on paper."""
    grain = np.random.default_rng(0).normal(200, 3, (size[1] // 8, size[0] // 8)).astype(np.uint8)
    picture = Image.fromarray(grain).resize(size, Image.Resampling.NEAREST).convert(mode)
    font = ImageFont.load_default(size=size[1] // 2)
    ImageDraw.Draw(picture).text((size[0] // 3, size[1] // 5), "7", fill=(20,) * len(mode), font=font)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def peak() -> int:
    """Kilobytes that this process has had at most, as Linux counts; getrusage also counts what its parent had."""
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])  # type: ignore[index]


def measure(path: Path) -> tuple[float, float, tuple[int, ...]]:
    """Megabytes and seconds that reading a file takes, and the shape of what is read; once in a process."""
    data = path.read_bytes()
    before, start = peak(), time.perf_counter()
    shape = read_picture(data).shape
    return (peak() - before) / 1000, time.perf_counter() - start, shape


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="measure this one alone, in this process")
    options = parser.parse_args()
    if options.file:
        megabytes, seconds, shape = measure(options.file)
        print(f"{megabytes:.0f} | {seconds:.1f} | {shape[1]} x {shape[0]}")
        return
    print("| picture | file, MB | memory, MB | seconds | read as |\n| --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as folder:
        for name, how in PHONES.items():
            path = Path(folder) / "picture"
            path.write_bytes(make(*how))
            command = [sys.executable, "-m", "benchmarks.photos", str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            print(f"| {name} | {path.stat().st_size / 1e6:.1f} | {told} |", flush=True)


if __name__ == "__main__":
    main()
