"""Convolution of three channels with a ReLU, four products an instruction: `firmware/src/conv_2d_kronecker_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import DOUBLE, Folded, clamp_of
from edgekit.backends.c.forms.dsp._rows import SIDE, fields_of, folded_rows
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "conv_2d", "conv_2d_kronecker_dsp"
CHANNELS, FOUR = 3, 4
BITS = 21  # EK_KRONECKER_BITS
Z = 1 << BITS
MOVED = 128  # what makes inputs 0 to 255
WORD = 4
SLACK = 16  # bytes by which padding is filled further than it reaches
SKIPPED = (0, 1, 3)  # a line's first outputs that are none, as bits


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold: that lines of the input are fours of columns, too."""
    found = folded_rows(layer, call) if layer.input(0).shape[-1] == CHANNELS else None
    ends = _ends(found[0]) if found is not None else None
    if found is None or ends is None:
        return None
    f, folded = found
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    line = one_line(folded, real, clamp_of(call), layer.outputs[0].zero_point, around=Z // 2)
    if line is None or not _fits(line):
        return None
    zero = layer.input(0).zero_point
    pitch = f["in_w"] * CHANNELS * WORD // 2
    fields, rows = fields_of(layer, f, pitch, 1)
    del fields["out_zero"]  # it is in the starts
    fields |= {"in_zero": (zero + MOVED) * (1 + Z), "skip": SKIPPED[ends[0]], "tail": ends[1]}
    fields["stream"] = _stream(line, zero, pitch, f["stride_w"] > 1, f["pad_left"])
    kernel = FILE if f["stride_w"] == 1 else "conv_2d_kronecker_apart_dsp"
    return Call(kernel, fields, scratch=rows * pitch + SLACK, source=FILE)


def _ends(f: dict[str, int]) -> tuple[int, int] | None:
    """How many of the outputs that a line's blocks end with are none, and how many come behind them; None where the
    line is not of these blocks, or more than a column on a side is padding."""
    apart = f["stride_w"]
    if apart not in (1, 2) or f["pad_left"] not in (0, 1) or f["out_c"] % 2 or f["in_w"] % (FOUR * apart):
        return None
    skipped = 3 - apart - f["pad_left"]
    tail = f["out_w"] - f["in_w"] // apart + skipped
    read = (f["out_w"] - 1) * apart + SIDE - f["pad_left"]
    return (skipped, tail) if tail in (0, 1) and read <= f["in_w"] + 1 else None


def _sums(line: Folded) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Biases of sums of inputs from 0 on, and the weights of all taps, as (channels, rows, columns, inputs)."""
    w = line.halves.astype(np.int64)
    start = np.where(line.varies, line.start - MOVED * w.sum(axis=1), 0)
    return start, w.reshape(-1, SIDE, SIDE, CHANNELS)


def _fits(line: Folded) -> bool:
    """Whether every sum is at least 0 and less than Z, whatever the inputs."""
    start, w = _sums(line)
    most = 2 * MOVED - 1
    low = start + most * np.minimum(w, 0).sum(axis=(1, 2, 3))
    high = start + most * np.maximum(w, 0).sum(axis=(1, 2, 3))
    return bool(np.all(line.factor == DOUBLE) and np.all(low >= 0) and np.all(high < Z))


def _stream(line: Folded, zero: int, pitch: int, apart: bool, padded: int) -> NDArray[np.int32]:
    """As `conv_2d_kronecker_dsp.h` says."""
    start, w = _sums(line)
    first = -(2 * MOVED - 1) * np.minimum(w, 0).sum(axis=(1, 2, 3))  # of a sum that another one completes
    padding = (zero + MOVED) * w.sum(axis=(1, 3))
    begin = first + start * Z + (start - first) * Z**2
    begun = np.stack([begin & 0xFFFFFFFF, begin >> 32], axis=1)
    ends, middle = w[:, :, 2] + w[:, :, 0] * Z, w[:, :, 1]
    steps = [ends, middle * Z] if apart else [ends, middle * Z, middle]
    if apart and padded:
        steps = [middle, ends]
    pairs = np.stack(steps, axis=3).reshape(len(w) // 2, 2, SIDE, -1)  # (pairs, both, rows, inputs and steps)
    taps = pairs.transpose(0, 2, 3, 1).reshape(len(pairs), SIDE, -1)
    read = CHANNELS * WORD * (4 if apart else 2)  # of a row by a block
    hops = np.array([-2 * pitch, pitch - read, pitch - read])[:, None]
    rows = np.concatenate([np.broadcast_to(hops, (len(pairs), SIDE, 1)), taps], axis=2)
    lines = np.stack([line.multiplier, line.divider], axis=1)
    lacks = first + padding[:, 2]
    left = start - first + padding[:, 0] << 10
    parts = [begun.reshape(-1, 4), rows.reshape(len(pairs), -1), lines.reshape(-1, 4), lacks.reshape(-1, 2)]
    words = np.concatenate([*parts, left.reshape(-1, 2)], axis=1)
    return np.ascontiguousarray(words & 0xFFFFFFFF).astype(np.uint32).view(np.int32).reshape(-1)
