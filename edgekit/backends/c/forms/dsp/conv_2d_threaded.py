"""Convolution of one input channel and 3x3 taps without padding: `firmware/src/conv_2d_threaded_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._threaded import Lines, Windows, pair, windows, words_of

OPERATOR = "conv_2d"
LEAST = 4  # columns
MOST = 16  # output channels
STACK = 1500  # bytes that a line's records may take
RECORD = 28  # bytes
PAIR, EDGE = 84, 32  # bytes of code for two channels, for one at an edge
SINGLE, FROM_EDGE = 676, 724  # before that for an odd channel, for those at an edge
SAME, VALID, EVEN, ODD, ONE_EVEN, ONE_ODD, VALID_ONE_EVEN, VALID_ONE_ODD, VALID_EVEN = range(0, 36, 4)  # EK_THREADED_
APART_EVEN, APART_ODD, VALID_ODD, APART_NONE = range(36, 52, 4)
PAIRS = {  # padded, one window first, an odd number of two
    (True, False): (EVEN, ODD), (True, True): (ONE_EVEN, ONE_ODD),
    (False, False): (VALID_EVEN, VALID_ODD), (False, True): (VALID_ONE_EVEN, VALID_ONE_ODD),
}  # fmt: skip


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = windows(layer, call, inputs=1)
    if found is None or found.padded is None:
        return None
    f, left = found.f, found.padded[0] > 0
    width, stride, out_c = f["in_w"], f["stride_w"], f["out_c"]
    if width < LEAST or out_c > MOST or (f["out_w"] + 1) * RECORD > STACK:
        return None
    start, go_on, turns = _columns(f, left)
    others = (MOST - out_c + 1) // 2 * PAIR
    body, edge = SINGLE if out_c % 2 else others, FROM_EDGE + (MOST - out_c) * EDGE
    sections: list[list[int]] = []
    stream: list[NDArray[np.int32]] = []
    size = 0
    for lines in found.lines:
        tables = [_table(found, lines, side) for side in ("right", "main", "left")]
        if out_c % 2 and lines.whole:
            tables[1] = np.insert(tables[1], tables[1].size // out_c, others - FROM_EDGE)
        right, main, last = (table.nbytes for table in tables)
        code = body if lines.whole else edge
        word = (main | (edge - code) // 4 << 16) if left else 0
        row = lines.first * width + width - 4
        sections.append([size, row, lines.count + 1, size + right, word | -turns % 256 << 24, code, lines.pitch])
        stream += tables
        size += right + main + last
    sections.append([0, -RECORD * (len(sections) + 1), 0, 0, 0, 0, 0])
    return Call("conv_2d_threaded_dsp", {
        "step": stride * width, "start": start, "edge": edge, "go_on": go_on,
        "sections": words_of(sections), "stream": np.concatenate(stream),
        "in_size": width * f["in_h"], "images": f["batches"],
        "in_w": width, "out_c": out_c, "stride": stride, "out_w": f["out_w"],
    })  # fmt: skip


def _columns(f: dict[str, int], left: bool) -> tuple[int, int, int]:
    """Where lines begin and go on, and their turns."""
    if f["stride_w"] == 1:
        pairs = f["in_w"] // 2 - 1
        return SAME if left else VALID, PAIRS[left, f["in_w"] % 2 > 0][pairs % 2], -(-pairs // 2)
    others = f["out_w"] - left - 2  # one window is read with the right edge
    return SAME, APART_NONE if not others else APART_ODD if others % 2 else APART_EVEN, -(-others // 2)


def _table(found: Windows, lines: Lines, columns: str) -> NDArray[np.int32]:
    start, weights = found.table(lines, columns)
    first, second, third = (weights[:, row, :, 0] for row in range(3))
    none = np.zeros_like(first[:, 0])
    if columns == "main":
        words = [pair(first[:, 1], second[:, 1])]
        words += [pair(third[:, 0], third[:, 2]), pair(third[:, 1], none)] if lines.whole else []
        words += [pair(first[:, 0], first[:, 2]), pair(second[:, 0], second[:, 2])]
    elif columns == "right":
        words = [pair(row[:, 0], row[:, 1]) for row in (first, second, third)]
    else:
        words = [pair(row[:, 1], row[:, 2]) for row in (first, third, second)]
    return found.stream(start, words)
