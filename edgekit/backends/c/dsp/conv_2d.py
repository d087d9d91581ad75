"""The call of `conv_2d_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.dsp.pack import TAPS, pair_channels, pair_weights
from edgekit.backends.c.dsp.requantize import fold

PAIR = 2


def call(
    fields: Mapping[str, Value], weights: NDArray[Any], bias: NDArray[Any], in_zero: int, real: NDArray[np.float64]
) -> Call | None:
    """The call for weights (Co, Kh, Kw, Ci), or None where the kernel's conditions do not hold.

    Args:
        fields: of the portable call, without constants.
    """
    flat = weights.reshape(weights.shape[0], -1)
    folded, packed = fold(flat, bias, in_zero, real), pair_weights(flat, PAIR)
    if folded is None or packed is None:
        return None
    pairs, blocks = packed.shape[0], packed.shape[1] // TAPS
    constants: dict[str, Value] = {"weights": packed, "channels": pair_channels(folded, PAIR)}
    sizes = {"blocks": blocks, "pairs": pairs}
    scratch = 32 * blocks + 8 * blocks + 4 * pairs
    return Call("conv_2d_dsp", {**fields, **sizes, **constants}, scratch=scratch)
