"""What is worked out once for a model, and forgotten with it."""

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")


def once_a_model(work: Callable[[Any], Result]) -> Callable[[Any], Result]:
    """`work`, whose results are kept as long as somebody else keeps the model."""
    kept: weakref.WeakKeyDictionary[Any, Result] = weakref.WeakKeyDictionary()

    @functools.wraps(work)
    def once(model: Any) -> Result:
        if model not in kept:
            kept[model] = work(model)
        return kept[model]

    return once
