"""Convolution of 1x1 taps, 5 inputs, outputs stored by eights: `firmware/src/pointwise_packed_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms._reach import equal
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold, sequence
from edgekit.reference.arithmetic import multiply, quantize_multipliers
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
INPUTS, CHANNELS = 5, (8, 16, 64)  # of the functions there are
ORDER = (0, 2, 1, 3)  # of every four channels
HALF = 1 << 16
FILE = "pointwise_packed_dsp"
Ints = NDArray[np.int64]


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    count = w.shape[0]
    if w.shape[1:] != (1, 1, INPUTS) or x.shape[3] != INPUTS or count not in CHANNELS or f["pad_top"] or f["pad_left"]:
        return None
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    lines = of_pixels(layer, (int(f["stride_h"]), int(f["stride_w"])))  # type: ignore[arg-type]
    if lines.images * lines.lines != 1 or lines.step != INPUTS or lines.samples % 2 or (low, high) != (-128, 127):
        return None
    real, weights = effective_scale(x, w, layer.outputs[0]), layer.data(1).reshape(count, -1)
    folded = fold(weights, bias_of(layer, count), x.zero_point, real, clamp_of(call))
    if folded is None:
        return None
    divider = folded.divider // HALF * HALF + zero + 128  # the addend is its lower half
    bias = folded.bias + x.zero_point * folded.weights.astype(np.int64).sum(axis=1)
    if np.any(np.abs(bias) >= HALF // 2) or not _exact(folded, divider, np.broadcast_to(real, (count,)), zero):
        return None
    # inputs 0 and 2, 1 and 3, 4 and the bias
    words = np.column_stack([2 * folded.weights.astype(np.int64)[:, [*ORDER, 4]], bias]).astype(np.int16, order="C")
    stream = np.column_stack([words.view(np.int32), folded.multiplier, divider]).astype(np.int32)
    offset = -x.zero_point % HALF
    fields: dict[str, Value] = {"stream": stream.reshape(-1, 4, 5)[:, ORDER], "offset": offset * HALF + offset}
    fields |= {"fifth": 2 * HALF + offset, "last": lines.samples * INPUTS}
    return Call(f"pointwise_packed_{INPUTS}_to_{count}_dsp", fields, source=FILE)


def _exact(folded: Folded, divider: Ints, real: NDArray[np.float64], zero: int) -> bool:
    """Whether all channels' outputs are the reference's, and none leaves a halfword before it saturates."""
    m, shift = quantize_multipliers(real)
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)

    def channel(i: int) -> bool:
        def half(a: Ints) -> Ints:
            return sequence(a, int(folded.multiplier[i]), int(divider[i])) + zero + 128

        def found(a: Ints) -> Ints:
            return np.clip(half(a), 0, 255) - 128 - zero

        def wanted(a: Ints) -> Ints:
            value = multiply(a, m[i], shift[i]) if folded.varies[i] else np.full(a.shape, folded.constant[i])
            return np.asarray(np.clip(value, -128 - zero, 127 - zero))

        ends = half(np.array([low[i], high[i]]))
        return bool(np.all((ends >= -HALF // 2) & (ends < HALF // 2))) and equal(
            found, wanted, int(low[i]), int(high[i])
        )

    return all(channel(i) for i in range(w.shape[0]))
