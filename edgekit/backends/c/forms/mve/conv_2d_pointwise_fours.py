"""1x1 convolutions of 8, 16 or 32 channels into a multiple of 8 in few cycles: `firmware/src/pointwise_fours_mve.c` and
`pointwise_fours_once_mve.c`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve import conv_2d_pointwise_groups as groups
from edgekit.backends.c.forms.mve._groups import bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE, ONCE = "conv_2d", "pointwise_fours_mve", "pointwise_fours_once_mve"
FRACTION, ADDENDS = 3, range(8)  # bits of the former are in EK_ONCE_3
KERNELS = {f"{groups.FILE}_{kind}": name for kind, name in (
    ("8x16", "8"), ("16x16", "16"), ("16x16_apart", "16_apart"), ("32x16", "32"), ("32x16_apart", "32_apart"),
)}  # fmt: skip


def form(layer: Layer, call: Call) -> list[Call] | None:
    """Where groups of 16 pixels are possible: their call with another stream, by one multiplication an output first."""
    group = next((c for c in groups.form(layer, call) or [] if c.kernel in KERNELS), None)
    if group is None:
        return None
    out_c, in_c = (integer(call.fields, name) for name in ("out_c", "in_c"))
    found = in_sixteen_bits(call.fields, np.asarray(call.fields["weights"]).reshape(out_c, in_c))
    assert found is not None
    calls = []
    line = once(call.fields, found, FRACTION, ADDENDS) if in_c > BLOCK else None
    ways = [(found, integer(call.fields, "out_zero"), FILE)]
    for constants, out_zero, file in [*([(*line, ONCE)] if line else []), *ways]:
        packed = stream(constants, file == ONCE)
        fields = {**group.fields, "out_zero": out_zero, "stream": packed.view(np.int32), "size": packed.nbytes}
        calls.append(replace(group, kernel=f"{file}_{KERNELS[group.kernel]}", fields=fields, source=file))
    return calls


def stream(found: Folded, once: bool) -> NDArray[np.int8]:
    """Of every four channels filters, of whole vectors biases, constants, without second multipliers if `once`, and the
    places of four pixels' outputs."""
    out_c, in_c = found.weights.shape
    filters = found.weights
    if in_c == BLOCK:
        begun = bias_weights(found.bias)
        assert begun is not None
        filters = np.concatenate([filters, begun], axis=1)
    at = places([pixel * out_c + c for pixel in range(HALF) for c in range(HALF)])
    parts: list[NDArray[np.int8]] = []
    for first in range(0, out_c, HALF):
        four = slice(first, first + HALF)
        biases = found.bias[four] if in_c > BLOCK else found.bias[:0]
        second = found.second[four][: 0 if once else HALF]
        words = np.concatenate([biases, found.multiplier[four], second, at])
        parts += [
            filters[four].reshape(HALF, -1, VECTOR).swapaxes(0, 1).reshape(-1),
            words.astype(np.int32).view(np.int8),
        ]
    return np.concatenate(parts)
