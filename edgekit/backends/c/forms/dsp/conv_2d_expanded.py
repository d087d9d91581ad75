"""Convolution of 3x3 taps whose rows are expanded once: `firmware/src/conv_2d_expanded_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FEW = 4096  # weights of a layer that may take twice their bytes
ROWS = 3
EIGHT = 8  # inputs
ROOM = 4096  # bytes of scratch, if two lines of outputs do not need more
KEPT = ("batches", "in_h", "out_h", "out_w", "out_c", "stride_h", "pad_top", "out_zero", "low", "high")
FILE = "conv_2d_expanded_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, in_c, x = layer.data(1), f["in_c"], layer.input(0)
    dilated = f["dilation_h"] != 1 or f["dilation_w"] != 1
    if weights.shape[1:] != (ROWS, ROWS, in_c) or in_c % EIGHT or dilated or weights.size > FEW:
        return None
    flat = weights.reshape(weights.shape[0], -1)
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    folded = fold(flat, bias_of(layer, flat.shape[0]), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    stream = _stream(folded, 0 if in_c > EIGHT else EIGHT // 2)
    row, wide = f["in_w"] * in_c, 2 * in_c  # wide: bytes of a pixel
    gap = max(f["pad_left"], (f["out_w"] - 1) * f["stride_w"] + ROWS - f["pad_left"] - f["in_w"])
    pitch = gap * wide + 2 * row
    lines = f["out_h"]
    if _rows(f, lines) * pitch > ROOM:
        lines = next((n for n in range(lines // 2 * 2, 2, -2) if _rows(f, n) * pitch <= ROOM), min(lines, 2))
    fields: dict[str, Value] = {name: f[name] for name in KEPT}
    fields |= {"sixteens": row // 16, "eights": row % 16 // EIGHT, "gap": gap * wide // 16}
    fields |= {"in_zero": _twice(x.zero_point), "in_size": f["in_h"] * row, "in_row": row}
    fields |= {"start": (gap - f["pad_left"]) * wide, "step": f["stride_w"] * wide, "pitch": pitch}
    fields |= {"back": pitch - ROWS * wide, "wide": stream[0].nbytes, "units": in_c // EIGHT, "lines": lines}
    fields |= {"stream": stream.reshape(-1)}
    name = "conv_2d_expanded_8_dsp" if in_c == EIGHT else FILE
    return Call(name, fields, scratch=_rows(f, lines) * pitch + gap * wide, source=FILE)


def _rows(fields: dict[str, int], lines: int) -> int:
    """Rows of the input that so many lines of outputs read."""
    return (lines - 1) * fields["stride_h"] + ROWS


def _twice(value: int) -> int:
    """Two halfwords as an int32."""
    return int(np.array([value, value], np.int16).view(np.int32)[0])


def _stream(folded: Folded, bias_at: int) -> NDArray[np.int32]:
    """(channels, words): weights with the bias before the word `bias_at`, multiplier, divider."""
    words = halves(folded.halves).view(np.int32)
    words = np.insert(words, bias_at, folded.start, axis=1)
    constants = np.stack([folded.multiplier, folded.divider], axis=1)
    return np.concatenate([words, constants], axis=1).astype(np.int32)
