"""Transposed convolution as matrix products of its phases: `firmware/src/transpose_conv_mve.c`."""

from __future__ import annotations

from itertools import product

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._pack import BLOCK, CHUNK, HALF, VECTOR, WORD, pack_filters, pack_table
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.phases import phases

FILE = "transpose_conv_mve"
KEPT = ("batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "stride_h", "stride_w", "in_zero", "out_zero",
        "low", "high")  # fmt: skip


def form(layer: Layer, call: Call) -> list[Call] | None:
    """With loads and products in turn where windows lie at multiples of words, and by the fewest instructions.

    None where a phase has no taps, or begins right of the input's first column.
    """
    f = {name: integer(call.fields, name) for name in (*KEPT, "kernel_h", "kernel_w", "pad_top", "pad_left")}
    down = phases(f["kernel_h"], f["stride_h"], f["pad_top"], f["out_h"])
    across = phases(f["kernel_w"], f["stride_w"], f["pad_left"], f["out_w"])
    if not all(phase.taps for phase in (*down, *across)) or any(phase.start > 0 for phase in across):
        return None
    w, channels, in_c = layer.data(1), f["out_c"], f["in_c"]
    parts = [w[:, v.taps][:, :, h.taps].transpose(0, 2, 1, 3) for v, h in product(down, across)]  # columns in turn
    folded = [fold(call.fields, part.reshape(channels, -1)) for part in parts]
    shifted = not all(np.all(found.second) for found in folded)
    limited = (f["low"], f["high"]) != (-128, 127)
    rows = max(len(phase.taps) for phase in down)
    columns = max(phase.count - 1 + len(phase.taps) for phase in across)
    strip = -(-(rows * columns * in_c + VECTOR - 1) // VECTOR) * VECTOR
    fields: dict[str, Value] = {name: f[name] for name in KEPT}
    fields |= {"steps": 2 if shifted else int(limited), "strip": strip}
    fields |= {
        "down": np.array([(len(p.taps), -p.start) for p in down], np.int32),
        "across": np.array([(len(p.taps), -p.start) for p in across], np.int32),
        "table": np.concatenate([pack_table(found, shifted) for found in folded]),
    }
    widths = [phase.count for _, phase in product(down, across)]

    def made(paired: bool) -> Call:
        ways = [not (shifted or paired) and _passes(f, *of) for of in zip(folded, widths, strict=True)]
        half = (channels - 1) % BLOCK < HALF
        weights = [pack_filters(found.weights, half and not way) for found, way in zip(folded, ways, strict=True)]
        packed: dict[str, Value] = {
            "paired": int(paired),
            "ways": np.array(ways, np.int32),
            "weights": np.concatenate(weights),
        }
        scratch = strip + widths[0] * channels * (f["stride_w"] > 1)
        return Call(FILE, {**fields, **packed}, scratch=scratch)

    return [made(paired) for paired in (True, False) if in_c % WORD == 0 or not paired]


def _passes(f: dict[str, int], found: Folded, width: int) -> bool:
    """Whether all windows of a line take a block of filters at once: 10 instructions a window less, 11 a block more."""
    blocks = -(-f["out_c"] // BLOCK)
    return found.weights.shape[1] <= CHUNK - VECTOR and width * (10 + blocks) > 11 * blocks
