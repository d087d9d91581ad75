"""1x1 convolutions of few channels: `conv_2d_narrow_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

HELD = 64  # bytes of filters in registers
VECTOR, LANES, OUTPUTS = 16, 4, 8
LARGEST_OFFSET = (1 << 16) - 1
ONES = ("kernel_h", "kernel_w", "stride_h", "stride_w")


def narrow(call: Call) -> Call | None:
    """The form of a portable convolution `call`; None where a condition does not hold."""
    fields = call.fields
    pixels, in_c, out_c = (integer(fields, name) for name in ("batches", "in_c", "out_c"))
    pixels *= integer(fields, "out_h") * integer(fields, "out_w")
    same = all(integer(fields, f"in_{side}") == integer(fields, f"out_{side}") for side in "hw")
    size = in_c if in_c in (64, 32) else VECTOR
    filters = HELD // size
    last = -(-(size - in_c) // in_c)
    if any(integer(fields, name) != 1 for name in ONES) or not same or in_c > size or out_c % filters:
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second) or pixels < last + OUTPUTS // filters or OUTPUTS * out_c > LARGEST_OFFSET:
        return None
    weights = np.zeros((out_c, size), np.int8)
    weights[:, :in_c] = found.weights
    return Call(
        "conv_2d_narrow_mve_last" if last else "conv_2d_narrow_mve",
        {
            "pixels": pixels, "in_c": in_c, "out_c": out_c, "filters": filters, "last": last,
            **{name: fields[name] for name in ("out_zero", "low", "high")},
            "weights": weights, "table": constants(found, filters),
        },
        scratch=(last + 2 * OUTPUTS // filters) * in_c + VECTOR if last else 0,
        source="conv_2d_narrow_mve",
    )  # fmt: skip


def constants(found: Folded, filters: int) -> NDArray[np.int32]:
    """(out_c / filters, 3, 4): bias, multiplier, second multiplier, each of some channels until they are 4."""
    rows = np.stack([found.bias, found.multiplier, found.second]).reshape(3, -1, filters).transpose(1, 0, 2)
    return np.tile(rows, (1, 1, LANES // filters)).astype(np.int32)
