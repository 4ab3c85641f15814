"""What may be written: digits, spaces and a few marks, on several lines."""

from vae_core.config import brief

MARKS = "-.,:/+()"
SIGNS = "0123456789 \n" + MARKS
MAX_SIGNS = 400
SAME = str.maketrans(
    {"\r": "\n", "\t": " ", "\u00a0": " ", "\u202f": " ", "\u2212": "-", "\u2013": "-"}
)  # as typed elsewhere


def read_text(text: object) -> str:
    """The text as it is written, line ends and look-alikes of space and minus made one.

    Raises ValueError, one sentence, for what is no text, is empty, too long or has other signs.
    """
    if not isinstance(text, str):
        raise ValueError(f"expected text of digits, spaces and {' '.join(MARKS)}, got {brief(text)}")
    if len(text) > 2 * MAX_SIGNS:  # each line may end in two signs
        raise ValueError(f"expected at most {MAX_SIGNS} signs, got {len(text)}")
    plain = text.replace("\r\n", "\n").translate(SAME)
    if len(plain) > MAX_SIGNS:
        raise ValueError(f"expected at most {MAX_SIGNS} signs, got {len(plain)}")
    for sign in plain:
        if sign not in SIGNS:
            raise ValueError(f"expected digits, spaces and {' '.join(MARKS)}, got {sign!r}")
    if not plain.strip():
        raise ValueError("expected something to write, got no sign")
    return plain
