"""1x1 convolutions of 16 to 64 channels, a pixel in registers: `pointwise_mve.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

EXACT = (16, 24, 32, 64)  # input channels that have a function of their own
LARGEST, MOST = 64, 5  # MOST: the code of a rest of 5 to 7 channels


def pointwise(call: Call, geometry: Mapping[str, int]) -> Call | None:
    """The form of a portable `call` on a picture without padding, `geometry`; None where a condition does not hold."""
    fields = call.fields
    batches, in_h, in_w, out_h, out_w, down, right = (
        geometry[name] for name in ("batches", "in_h", "in_w", "out_h", "out_w", "stride_h", "stride_w")
    )
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    if not VECTOR <= in_c <= LARGEST or (fields["low"], fields["high"]) != (-128, 127):
        return None
    if (out_h - 1) * down >= in_h or (out_w - 1) * right >= in_w:
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    if not np.all(found.second):
        return None
    dense = (in_h, in_w) == (out_h, out_w)
    if dense:  # whatever the strides of one row or column
        down = right = 1
    rest, packed, pitch = out_c % BLOCK, stream(found), in_w * in_c
    return Call(
        f"pointwise_mve_{in_c if in_c in EXACT else -(-in_c // VECTOR)}",
        {
            "step": right * in_c, "stream": packed, "out_zero": fields["out_zero"], "bytes": packed.nbytes,
            "count": batches * out_h * out_w if dense else out_w, "first": min(rest, MOST),
            "lanes": rest if rest >= HALF else 2 * rest, "lines": 1 if dense else out_h,
            "line_step": down * pitch - out_w * right * in_c, "image_step": (in_h - out_h * down) * pitch,
            "outputs": batches * out_h * out_w * out_c, "last": in_c - VECTOR,
        },
        source="pointwise_mve",
    )  # fmt: skip


def vectors(weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """(channels, inputs) -> (channels, multiple of 16): the last 16 are those of the last inputs."""
    length = weights.shape[1]
    whole = length // VECTOR * VECTOR
    if whole == length:
        return weights
    last = weights[:, -VECTOR:].copy()
    last[:, : VECTOR - (length - whole)] = 0
    return np.concatenate([weights[:, :whole], last], axis=1)


def stream(found: Folded) -> NDArray[np.int32]:
    """The rest of the channels, then 8 by 8: biases, weights, multipliers, second multipliers."""
    channels, wide = len(found.bias), vectors(found.weights)
    starts = [0] * (channels % BLOCK > 0) + list(range(channels % BLOCK, channels, BLOCK))
    parts: list[NDArray[np.int32]] = []
    for start, end in zip(starts, [*starts[1:], channels], strict=True):
        few = end - start <= HALF
        rows = end - start if few else BLOCK  # that have products
        order = list(range(HALF)) if few else ORDER
        w = np.zeros((rows, wide.shape[1]), np.int8)
        w[: end - start] = wide[start:end]
        bias, multiplier, second = (np.zeros(BLOCK, np.int32) for _ in range(3))
        for to, of in ((bias, found.bias), (multiplier, found.multiplier), (second, found.second)):
            to[: end - start] = of[start:end]
        parts += [bias[:rows], w.reshape(-1).view(np.int32), multiplier[order], second[order]]
    packed = np.concatenate(parts)
    assert packed.dtype.itemsize == WORD
    return packed
