"""Convolution of one input channel and 3x3 taps without padding: `firmware/src/conv_2d_threaded_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
WIDTHS, LEAST_ROWS = range(4, 65), 3  # of the input; one row is allowed too
MOST = 16  # output channels
STACK = 1024  # bytes that a line's records may take
RECORD, PAIR, EDGE, FROM_EDGE = 28, 84, 32, 676  # bytes of a record; of code for two channels, for one at an edge, before these
SAME, VALID, TWO, ONE, EVEN, ODD, NONE, VALID_TWO, VALID_ONE = range(0, 36, 4)  # EK_THREADED_
OUTSIDE = -1  # a row, or what a row's weights are


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, x = layer.data(1), layer.input(0)
    out_c, stride, width, height = weights.shape[0], f["stride_w"], f["in_w"], f["in_h"]
    if weights.shape[1:] == (1, 3, 1) and height == 1 and f["pad_top"] == 0:  # of three rows two are outside
        weights = np.pad(weights, ((0, 0), (1, 1), (0, 0), (0, 0)))
    if weights.shape[1:] != (3, 3, 1) or f["dilation_h"] != 1 or f["dilation_w"] != 1 or out_c % 2 or out_c > MOST:
        return None
    if (f["low"], f["high"]) != (-128, 127) or stride != f["stride_h"] or stride not in (1, 2) or width not in WIDTHS:
        return None
    lines, columns = _rows(f), _columns(f)
    if lines is None or columns is None or f["out_w"] * RECORD > STACK or (height != 1 and height < LEAST_ROWS):
        return None
    flat = weights.reshape(out_c, -1)
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    folded = fold(flat, bias_of(layer, out_c), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    start, go_on, turns, left = columns
    body, edge = (MOST - out_c) // 2 * PAIR, FROM_EDGE + (MOST - out_c) * EDGE
    sections, stream, size = [], [], 0
    for count, first, pitch, taps in lines:
        few = OUTSIDE in taps
        tables = [
            _table(folded, x.zero_point, f["out_zero"], taps, columns=side) for side in ("right", "main", "left")
        ]
        bytes_ = [table.nbytes for table in tables]
        word = (bytes_[1] | ((0 if few else edge - body) // 4) << 16) if left else 0
        word |= (256 - turns) % 256 << 24
        sections.append([count + 1, first * width + width - 4, size, size + bytes_[0], word, edge if few else body, pitch])
        stream += tables
        size += sum(bytes_)
    sections.append([0, -RECORD * (len(sections) + 1), 0, 0, 0, 0, 0])
    return Call("conv_2d_threaded_dsp", {
        "step": stride * width, "start": start, "edge": edge, "go_on": go_on,
        "sections": np.array(sections, np.int64).astype(np.uint32).view(np.int32).reshape(-1),
        "stream": np.concatenate(stream), "in_size": width * height, "images": f["batches"],
        "in_w": width, "out_c": out_c, "stride": stride, "out_w": f["out_w"],
    })  # fmt: skip


def _rows(f: dict[str, int]) -> list[tuple[int, int, int, tuple[int, int, int]]] | None:
    """Of lines that lie alike: how many, the first row, the pitch, and the kernel's row of each of the three that are read."""
    height, width, stride, pad, out = f["in_h"], f["in_w"], f["stride_h"], f["pad_top"], f["out_h"]
    if height == 1:
        return [(1, 0, 0, (1, OUTSIDE, OUTSIDE))] if pad < 2 and out == 1 else None
    over = (out - 1) * stride - pad + 3 - height  # rows of the last window that are outside
    if pad > 1 or over > 1:
        return None
    below = max(over, 0)
    inner = out - pad - below
    found = [(1, 0, width, (1, 2, OUTSIDE))] if pad else []
    found += [(inner, pad * (stride - 1), width, (0, 1, 2))] if inner else []
    found += [(1, height - 1, -width, (1, 0, OUTSIDE))] if below else []
    return found if inner >= 0 else None


def _columns(f: dict[str, int]) -> tuple[int, int, int, bool] | None:
    """Where lines begin and go on, their turns, whether there is a left edge."""
    width, stride, pad, out = f["in_w"], f["stride_w"], f["pad_left"], f["out_w"]
    over = (out - 1) * stride - pad + 3 - width
    if stride == 1:
        windows = width - 2
        if (pad, over, out) == (1, 1, width):
            return SAME, ONE if windows % 2 else TWO, windows // 2, True
        if (pad, over) == (0, 0):
            return VALID, VALID_ONE if windows % 2 else VALID_TWO, windows // 2, False
    elif over == 1 and pad == width % 2:
        windows = out - pad - 2
        turns = -(-windows // 2)
        return SAME, NONE if not windows else ODD if windows % 2 else EVEN, turns, pad == 1
    return None


def _table(
    folded: Folded, in_zero: int, zero: int, rows: tuple[int, int, int], columns: str
) -> NDArray[np.int32]:
    """Of every channel bias, words of weights, multiplier, divider, zero point; the bias without the taps outside."""
    w = folded.halves.reshape(-1, 3, 3)
    used = np.zeros((3, 3), bool)
    kept = {"right": [0, 1], "main": [0, 1, 2], "left": [1, 2]}[columns]
    used[np.ix_([row for row in rows if row != OUTSIDE], kept)] = True
    w = np.where(used, w, 0)
    start = folded.start + in_zero * (folded.halves.reshape(-1, 3, 3).astype(np.int64) - w).sum(axis=(1, 2))
    none = np.zeros_like(w[:, 0])
    top, middle, bottom = (none if row == OUTSIDE else w[:, row] for row in rows)
    if columns == "main":
        words = [_pair(top[:, 1], middle[:, 1])]
        words += [_pair(bottom[:, 0], bottom[:, 2]), _pair(bottom[:, 1], none[:, 0])] if OUTSIDE not in rows else []
        words += [_pair(top[:, 0], top[:, 2]), _pair(middle[:, 0], middle[:, 2])]
    else:
        first = {"right": 0, "left": 1}[columns]
        of_rows = [_pair(row[:, first], row[:, first + 1]) for row in (top, middle, bottom)]
        words = of_rows if columns == "right" else [of_rows[0], of_rows[2], of_rows[1]]
    last = [folded.multiplier, folded.divider, np.full(len(w), zero)]
    return np.stack([start, *words, *last], axis=1).astype(np.int32).reshape(-1)


def _pair(low: NDArray[np.int16], high: NDArray[np.int16]) -> NDArray[np.int32]:
    return np.ascontiguousarray(np.stack([low, high], axis=1)).view(np.int32)[:, 0]
