"""Convolution of a multiple of 8 channels into few: `firmware/src/conv_2d_expanded_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import Folded
from edgekit.backends.c.forms.dsp._rows import SIDE, fields_of, folded_rows, padding

OPERATOR = "conv_2d"
EIGHT = 8  # inputs
PAIR = 2  # lines
FILE = "conv_2d_expanded_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = folded_rows(layer, call) if layer.input(0).shape[-1] % EIGHT == 0 else None
    if found is None:
        return None
    f, folded = found
    in_c, gap = f["in_c"], padding(f)
    stream = _stream(folded, EIGHT // 2 if in_c == EIGHT else 0)
    row, wide = f["in_w"] * in_c, 2 * in_c  # wide: bytes of a pixel
    fields, rows = fields_of(layer, f, gap * wide + 2 * row, PAIR)
    pitch = gap * wide + 2 * row
    fields |= {"sixteens": row // 16, "eights": row % 16 // EIGHT, "gap": gap * wide // 16}
    fields |= {"start": (gap - f["pad_left"]) * wide, "step": f["stride_w"] * wide, "back": pitch - SIDE * wide}
    fields |= {"wide": stream[0].nbytes, "units": in_c // EIGHT, "stream": stream.reshape(-1)}
    name = "conv_2d_expanded_8_dsp" if in_c == EIGHT else FILE
    return Call(name, fields, scratch=rows * pitch + gap * wide, source=FILE)


def _stream(folded: Folded, bias_at: int) -> NDArray[np.int32]:
    """(channels, words): weights with the bias before the word `bias_at`, multiplier, divider."""
    words = halves(folded.halves).view(np.int32)
    words = np.insert(words, bias_at, folded.start, axis=1)
    constants = np.stack([folded.multiplier, folded.divider], axis=1)
    return np.concatenate([words, constants], axis=1).astype(np.int32)
