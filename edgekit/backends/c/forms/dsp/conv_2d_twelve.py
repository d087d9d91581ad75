"""Convolution of one channel of 12x12 pixels into one or three: `firmware/src/conv_2d_twelve_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import Folded, sequence
from edgekit.backends.c.forms.dsp._threaded import pair, windows

OPERATOR = "conv_2d"
SIDE = 12
TURNS = SIDE // 2 - 2  # of two columns, after the first
HALF = 1 << 15
UNSIGNED = 128  # what makes int8 unsigned


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = windows(layer, call, inputs=1)
    if found is None or found.padded != (1, 1):
        return None
    f, folded = found.f, found.folded
    out_c = f["out_c"]
    if (f["stride_w"], f["in_h"], f["in_w"]) != (1, SIDE, SIDE) or out_c not in (1, 3):
        return None
    zero = f["out_zero"] + (UNSIGNED if out_c == 1 else 0)
    if out_c == 1 and not _halfword(folded, zero):
        return None
    biases = {
        (i, side): found.table(lines, side)[0]
        for i, lines in enumerate(found.lines)
        for side in ("left", "main", "right")
    }
    w = folded.halves.reshape(-1, 3, 3)
    top, between, bottom = range(3)
    turns = np.full_like(w[:, 0, 0], TURNS)
    words = [pair(w[:, row, 0], w[:, row, 2]) for row in range(3)]
    words += [pair(w[:, 0, 1], w[:, 1, 1]), pair(w[:, 2, 1], turns)]
    words += [biases[i, "main"] for i in (between, top, bottom)]
    words += [pair(w[:, row, first], w[:, row, first + 1]) for first in (0, 1) for row in range(3)]
    words += [biases[i, side] for i in (top, between, bottom) for side in ("left", "right")]
    words += [folded.multiplier, folded.divider, np.full(out_c, zero)]
    stream = np.stack(words, axis=1).astype(np.int32)
    fields = {"stream": stream.reshape(-1), "bytes": stream.nbytes, "images": f["batches"]}
    return Call(f"conv_2d_twelve_to_{out_c}_dsp", fields, source="conv_2d_twelve_dsp")


def _halfword(folded: Folded, zero: int) -> bool:
    """Whether the one channel's outputs are within a halfword before they are clamped, whatever the inputs."""
    w = folded.halves.astype(np.int64)
    ends = np.stack([np.minimum(-128 * w, 127 * w).sum(), np.maximum(-128 * w, 127 * w).sum()]) + folded.start[0]
    low, high = sequence(ends, int(folded.multiplier[0]), int(folded.divider[0]), factor=1) + zero
    return bool(low >= -HALF and high < HALF)
