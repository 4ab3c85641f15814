"""The digits a model misreads with most confidence, with their pictures: a report is read where the data is not."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNT = 24  # mistakes kept


def worst_mistakes(
    x: NDArray[np.floating], digits: NDArray[np.integer], probabilities: NDArray[np.floating], count: int = COUNT
) -> list[dict[str, Any]]:
    """Of N digits those misread, the surest mistake first, as JSON has them.

    Pictures x (N, 28, 28) in [0, 1], their digits (N,) and a model's probabilities (N, 10) -> at most `count` of
    {"index", "digit", "read", "probability" of the digit read, "picture": base64 of 784 grey bytes, ink bright}.
    """
    read, sure = probabilities.argmax(1), probabilities.max(1)
    misread = np.flatnonzero(read != digits)
    surest = misread[np.argsort(-sure[misread], kind="stable")][:count]
    grey = np.rint(x[surest] * 255).astype(np.uint8)
    return [
        {
            "index": int(k),
            "digit": int(digits[k]),
            "read": int(read[k]),
            "probability": round(float(sure[k]), 5),
            "picture": base64.b64encode(picture.tobytes()).decode("ascii"),
        }
        for k, picture in zip(surest, grey, strict=True)
    ]
