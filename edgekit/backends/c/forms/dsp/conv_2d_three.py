"""Convolution of three channels, windows two columns apart: `firmware/src/conv_2d_three_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import Folded
from edgekit.backends.c.forms.dsp._rows import SIDE, fields_of, folded_rows, padding

OPERATOR = "conv_2d"
CHANNELS, APART = 3, 2
WORD = 4
TWO = 3 * WORD  # bytes of two pixels as halfwords, which are what is from one output to the next
LEFT = 9 * WORD  # from a row of a block to where its pointer is behind it
HALVES = [0, 2, 1, 3, 4, 5, 6, 8, 7, 9]  # of a window's row, in the order of its words; the last one is none
THREE, END = 1, 3  # flags of a list's words


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold: that lines are fours and threes of outputs, too."""
    found = folded_rows(layer, call) if layer.input(0).shape[-1] == CHANNELS else None
    if found is None:
        return None
    f, folded = found
    width, threes = f["out_w"], -f["out_w"] % 4
    fours = (width - 3 * threes) // 4
    if f["stride_w"] != APART or fours < 0 or padding(f) > 1:
        return None
    read = 2 * width + 1 - f["pad_left"]  # columns
    last = read <= f["in_w"]
    twos = width - f["pad_left"]
    skipped = CHANNELS * (f["in_w"] - read) if last else 0
    pitch = width * TWO + 2 * WORD
    fields, rows = fields_of(layer, f, pitch, 1)
    lines = fields["lines"]
    assert isinstance(lines, int)
    behind = (SIDE - 1) * pitch + LEFT  # a block's pointer, from where it began
    row = [0] * fours + [THREE] * threes
    wide = sum(TWO * (3 if kind else 4) for kind in row[:-1])  # from a line's first block to its last
    steps = [f["stride_h"] * pitch - wide] + [TWO * (3 if kind else 4) for kind in row[:-1]]
    each = [(step - behind) * 4 | kind for step, kind in zip(steps, row, strict=True)]
    fields |= {"flags": f["pad_left"] | twos % 2 << 1 | last << 2 | skipped << 8, "twos": twos // 2}
    fields |= {"start": behind - steps[0], "blocks": len(row), "list": np.array(each * lines + [END], np.int32)}
    fields["stream"] = _stream(folded, pitch - LEFT)
    return Call("conv_2d_three_dsp", fields, scratch=rows * pitch + 3 * WORD)


def _stream(folded: Folded, following: int) -> NDArray[np.int32]:
    """Of every channel three rows of five words, behind them the bias or what is between rows; multiplier, divider."""
    w = np.pad(folded.halves.reshape(-1, SIDE, SIDE * CHANNELS), ((0, 0), (0, 0), (0, 1)))
    words = np.ascontiguousarray(w[:, :, HALVES]).view(np.int32)
    between = np.full_like(folded.start, following)
    behind = np.stack([folded.start, between, between], axis=1)[:, :, None]
    rows = np.concatenate([words, behind], axis=2).reshape(len(w), -1)
    constants = np.stack([folded.multiplier, folded.divider], axis=1)
    return np.concatenate([rows, constants], axis=1).astype(np.int32).reshape(-1)
