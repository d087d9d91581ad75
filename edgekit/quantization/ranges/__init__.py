"""Range methods: which real range an activation's int8 values shall cover. One file each, named like the method.

A file offers `Observer`, made per tensor from the recipe's `[quantize]` section. `update(values)` is called once per
batch of calibration data, in order; `range()` then gives (low, high). Results depend on data and order alone.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.recipe import QuantizeSection

Values = NDArray[np.floating[Any]]


class RangeObserver(Protocol):
    """What a range method offers."""

    def __init__(self, section: QuantizeSection) -> None: ...

    def update(self, values: Values) -> None:
        """Take in one batch of finite values of any shape, at least one."""

    def range(self) -> tuple[float, float]:
        """The chosen (low, high); lowering widens it to contain 0."""


def methods() -> list[str]:
    """Names as written in recipes."""
    return [name.replace("_", "-") for name in plugins.names(__name__)]


def observer_of(method: str) -> type[RangeObserver]:
    """The observer of a method. Raises InputError for an unknown one."""
    module = plugins.module(__name__, method.replace("-", "_"))
    if module is None:
        raise InputError("[quantize] method", f"no range method is named {method!r}", f"known: {', '.join(methods())}")
    found: type[RangeObserver] = module.Observer
    return found
