"""Convolutions of 3x3 taps into few channels whose rows are expanded once, some lines of outputs at a time."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

FEW = 4096  # weights of a layer that may take twice their bytes
SIDE = 3  # of the kernel
ROOM = 4096  # bytes of scratch, if the fewest lines do not need more
KEPT = ("batches", "in_h", "out_h", "out_w", "out_c", "stride_h", "pad_top", "out_zero", "low", "high")


def folded_rows(layer: Layer, call: Call) -> tuple[dict[str, int], Folded] | None:
    """The call's sizes and the layer's constants; None where the conditions of these kernels do not hold: that some of
    every window's rows are inside, too."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, x = layer.data(1), layer.input(0)
    dilated = f["dilation_h"] != 1 or f["dilation_w"] != 1
    last = (f["out_h"] - 1) * f["stride_h"] - f["pad_top"]
    if weights.shape[1:] != (SIDE, SIDE, f["in_c"]) or dilated or weights.size > FEW:
        return None
    if f["pad_top"] >= SIDE or last >= f["in_h"]:
        return None
    flat = weights.reshape(weights.shape[0], -1)
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    folded = fold(flat, bias_of(layer, flat.shape[0]), x.zero_point, real, clamp_of(call), wide=True)
    return None if folded is None else (f, folded)


def padding(f: dict[str, int]) -> int:
    """Pixels of padding that a row needs on either side."""
    return max(f["pad_left"], (f["out_w"] - 1) * f["stride_w"] + SIDE - f["pad_left"] - f["in_w"])


def fields_of(
    layer: Layer, f: dict[str, int], pitch: int, together: int, room: int = ROOM
) -> tuple[dict[str, Value], int]:
    """What the parameters have in common, and the rows that a band has; `pitch`: bytes of a row, `together`: lines."""
    lines = f["out_h"]
    if _read(f, lines) * pitch > room:
        most = lines // together * together
        least = min(lines, together)
        lines = next((n for n in range(most, least, -together) if _read(f, n) * pitch <= room), least)
    zero, row = layer.input(0).zero_point, f["in_w"] * f["in_c"]
    fields: dict[str, Value] = {name: f[name] for name in KEPT}
    fields |= {"in_zero": int(np.array([zero, zero], np.int16).view(np.int32)[0]), "in_size": f["in_h"] * row}
    return fields | {"in_row": row, "pitch": pitch, "lines": lines}, _read(f, lines)


def _read(f: dict[str, int], lines: int) -> int:
    """Rows that so many lines of outputs read."""
    return (lines - 1) * f["stride_h"] + SIDE
