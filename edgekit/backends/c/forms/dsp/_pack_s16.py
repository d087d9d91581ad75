"""16x8 products for `firmware/src/conv_2d_s16_dsp.c`: weights as it reads them, and the proof that sums fit 32 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.dsp._pack import ORDER

PAIR, FOUR = 2, 4
LARGEST = 1 << 15  # magnitude of an activation
HALFWORD = 2


def fits_32_bits(weights: NDArray[Any], bias: NDArray[Any]) -> bool:
    """Whether no sum over (channels, taps) can leave int32, whatever the activations are."""
    reach = np.abs(weights.astype(np.int64)).sum(axis=1) * LARGEST + np.abs(bias.astype(np.int64))
    return bool((reach < 1 << 31).all())


def call_of(weights: NDArray[Any], call: Call, geometry: dict[str, Value]) -> Call | None:
    """The DSP form's call; None where an accumulator may leave int32.

    Args:
        weights: (channels, taps). call: the portable one. geometry: of the convolution, without constants.
    """
    bias = np.asarray(call.fields["bias"]).astype(np.int64)
    if not fits_32_bits(weights, bias):
        return None
    channels, taps = weights.shape
    more = channels % PAIR
    wide = np.pad(weights.astype(np.int8), ((0, more), (0, -taps % FOUR)))
    pairs, groups = wide.shape[0] // PAIR, wide.shape[1] // FOUR
    turns = wide.reshape(pairs, PAIR, groups, FOUR)[..., ORDER].transpose(0, 2, 1, 3)
    fields: dict[str, Value] = {**geometry, "low": call.fields["low"], "high": call.fields["high"]}
    fields |= {"groups": groups, "pairs": pairs, "weights": np.ascontiguousarray(turns)}
    fields |= {"bias": np.pad(bias, (0, more)).astype(np.int32)}
    for name in ("multiplier", "shift"):
        given = np.asarray(call.fields[name])
        fields[name] = np.pad(np.broadcast_to(given, (channels,)), (0, more), mode="edge")
    return Call("conv_2d_s16_dsp", fields, scratch=2 * FOUR * HALFWORD * groups)
