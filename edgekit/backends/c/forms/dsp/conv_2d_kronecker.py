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
ROOM = 8192  # bytes of scratch: rows at the ends of bands are expanded twice


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold: that lines of the input are fours of columns (windows two
    apart: eights), outputs have one sign, and saturation is their only clamp, too."""
    found = folded_rows(layer, call) if layer.input(0).shape[-1] == CHANNELS else None
    ends = _ends(found[0]) if found is not None else None
    if found is None or ends is None:
        return None
    f, folded = found
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    line = one_line(folded, real, clamp_of(call), layer.outputs[0].zero_point, around=Z // 2)
    if line is None or not _fits(line) or (f["low"], f["high"]) != (-128, 127):
        return None
    zero = layer.input(0).zero_point
    apart = f["stride_w"] > 1
    read = CHANNELS * WORD * (4 if apart else 2)  # of a row by a block
    blocks = f["in_w"] // (FOUR * f["stride_w"])
    fields, rows = fields_of(layer, f, blocks * read, 1, ROOM)
    for name in ("out_zero", "low", "high"):  # in the starts, and what saturation leaves
        del fields[name]
    fields |= {"blocks": blocks, "pitch": rows * read, "in_zero": (zero + MOVED) * (1 + Z)}
    fields |= {"begin": 0 if ends[0] == 2 - apart else f["out_c"], "tail": ends[1]}
    stream = _stream(line, zero, (rows - SIDE) * read, apart, f["pad_left"])
    fields |= {"down": f["stride_h"] * read, "across": blocks * rows * read}
    fields |= {"stream_size": stream.nbytes, "stream": stream}
    kernel = "conv_2d_kronecker_apart_dsp" if apart else FILE
    return Call(kernel, fields, scratch=blocks * rows * read, source=FILE)


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


def _stream(line: Folded, zero: int, following: int, apart: bool, padded: int) -> NDArray[np.int32]:
    """As `conv_2d_kronecker_dsp.h` says; `following`: from where a block ends to the next."""
    start, w = _sums(line)
    first = -(2 * MOVED - 1) * np.minimum(w, 0).sum(axis=(1, 2, 3))  # of a sum that another one completes
    padding = (zero + MOVED) * w.sum(axis=(1, 3))
    begin = first + start * Z + (start - first) * Z**2
    low, high = (begin & 0xFFFFFFFF).reshape(-1, 2), (begin >> 32).reshape(-1, 2)
    begun = np.stack([high, low], axis=2).reshape(-1, 4) if apart else np.concatenate([low, np.repeat(high, 2, 1)], 1)
    ends, middle = w[:, :, 2] + w[:, :, 0] * Z, w[:, :, 1]
    steps = ([middle, ends] if padded else [ends, middle * Z]) if apart else [ends, middle * Z, middle]
    taps = np.stack(steps, axis=3).reshape(len(low), 2, -1).transpose(0, 2, 1)  # (pairs, rows to steps, both channels)
    constants = np.stack([line.multiplier, line.divider], axis=1).reshape(-1, 4)
    constants = np.insert(constants, 2, following, axis=1)
    lacks = (first + padding[:, 2]).reshape(-1, 2)
    left = (start - first + padding[:, 0] << 10).reshape(-1, 2)
    words = np.concatenate([begun, taps.reshape(len(low), -1), constants, lacks, left], axis=1)
    return np.ascontiguousarray(words & 0xFFFFFFFF).astype(np.uint32).view(np.int32).reshape(-1)
