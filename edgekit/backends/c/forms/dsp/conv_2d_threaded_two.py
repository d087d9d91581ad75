"""Convolution of two input channels and 3x3 taps without padding: `firmware/src/conv_2d_threaded_two_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._threaded import Lines, Windows, pair, windows, words_of

OPERATOR = "conv_2d"
LEAST = 3  # columns
MOST = 12  # output channels
STACK = 1500  # bytes that a line's records may take
RECORD, CODE, SIX, FROM_SIX = (
    44,
    76,
    48,
    916,
)  # bytes of a record; of code for a channel, for one of six words, before these
SECTION = 40
SAME, VALID, THREE, TWO = {1: 0, 2: 4}, 8, {1: 12, 2: 20}, {1: 16, 2: 24}  # EK_THREADED_TWO_, by stride
NO_WINDOW, PLAIN, LEFT, LEFT_READ = 28, 32, 36, 40


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = windows(layer, call, inputs=2)
    if found is None or found.padded is None:
        return None
    f, (left, right) = found.f, found.padded
    width, stride, out_c = f["in_w"], f["stride_w"], f["out_c"]
    if width < LEAST or out_c > MOST or (f["out_w"] + 1) * RECORD > STACK:
        return None
    inside = f["out_w"] - left - right
    body, edge = (MOST - out_c) * CODE, FROM_SIX + (MOST - out_c) * SIX
    turns = -inside % 256 << 24 | RECORD * (1 + right + inside)
    sections: list[list[int]] = []
    stream: list[NDArray[np.int32]] = []
    size = 0
    for lines in found.lines:
        tables = [_table(found, lines, side) for side in ("right", "main", "left")]
        at = [size, size + tables[0].nbytes, size + tables[0].nbytes + tables[1].nbytes]
        go_on = NO_WINDOW if not inside else (THREE if lines.whole else TWO)[stride]
        row = 2 * width * (lines.first + 1) - 4
        sections.append([lines.count + 1, row, at[0], at[1], body if lines.whole else edge, turns, go_on, lines.pitch,
                         2 * width * stride, at[2]])  # fmt: skip
        stream += tables
        size = at[2] + tables[2].nbytes
    sections.append([0, -SECTION * (len(sections) + 1)] + 8 * [0])
    return Call("conv_2d_threaded_two_dsp", {
        "edge": edge, "end": PLAIN if not left else LEFT if stride == 1 else LEFT_READ,
        "start": SAME[stride] if right else VALID,
        "sections": words_of(sections), "stream": np.concatenate(stream),
        "in_size": 2 * width * f["in_h"], "images": f["batches"],
        "in_w": width, "out_c": out_c, "stride": stride, "out_w": f["out_w"],
    })  # fmt: skip


def _table(found: Windows, lines: Lines, columns: str) -> NDArray[np.int32]:
    start, weights = found.table(lines, columns)
    first = 1 if columns == "left" else 0
    words = []
    for row in range(3 if lines.whole or columns != "main" else 2):
        words += [pair(weights[:, row, first, i], weights[:, row, first + 1, i]) for i in range(2)]
    if columns == "main":
        words += [pair(weights[:, row, 2, 0], weights[:, row, 2, 1]) for row in range(3 if lines.whole else 2)]
    return found.stream(start, words)
