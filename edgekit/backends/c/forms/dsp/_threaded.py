"""Windows of 3x3 taps that are not padded: `conv_2d_threaded_dsp` and `conv_2d_threaded_two_dsp`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OUTSIDE = -1
COLUMNS = {"right": (0, 1), "main": (0, 1, 2), "left": (1, 2)}  # taps of a window's row that are inside


@dataclass(frozen=True)
class Lines:
    """Lines of outputs whose windows lie alike.

    Attributes:
        first: row of the input that the first one reads first.
        taps: the kernel's row of each that is read, or OUTSIDE. pitch: bytes from one that is read to the next.
    """

    count: int
    first: int
    taps: tuple[int, int, int]
    pitch: int

    @property
    def whole(self) -> bool:
        return OUTSIDE not in self.taps


@dataclass(frozen=True)
class Windows:
    """A layer of 3x3 taps and one stride for both axes, fields by their names, weights of (channels, 3, 3, inputs)."""

    f: dict[str, int]
    folded: Folded
    weights: NDArray[np.int16]
    lines: list[Lines]
    in_zero: int

    @property
    def padded(self) -> tuple[int, int] | None:
        """Columns outside on the left and on the right; None where they are others than the kernels take."""
        width, stride, left = self.f["in_w"], self.f["stride_w"], self.f["pad_left"]
        right = (self.f["out_w"] - 1) * stride - left + 3 - width
        taken = ((1, 1), (0, 0)) if stride == 1 else ((width % 2, 1),)
        return (left, right) if (left, right) in taken else None

    def table(self, lines: Lines, columns: str) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        """Biases without the taps outside; weights (channels, row, column, input), rows as they are read."""
        used = np.zeros((3, 3), bool)
        used[np.ix_([row for row in lines.taps if row != OUTSIDE], COLUMNS[columns])] = True
        w = np.where(used[:, :, None], self.weights, 0)
        start = self.folded.start + self.in_zero * (self.weights.astype(np.int64) - w).sum(axis=(1, 2, 3))
        rows = [w[:, row] if row != OUTSIDE else np.zeros_like(w[:, 0]) for row in lines.taps]
        return start, np.stack(rows, axis=1)

    def stream(self, start: NDArray[np.int64], words: list[NDArray[np.int32]]) -> NDArray[np.int32]:
        """Of every channel bias, words of weights, multiplier, divider, zero point."""
        last = [self.folded.multiplier, self.folded.divider, np.full(len(start), self.f["out_zero"])]
        return np.stack([start, *words, *last], axis=1).astype(np.int32).reshape(-1)


def windows(layer: Layer, call: Call, inputs: int) -> Windows | None:
    """None where a kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    weights, x = layer.data(1), layer.input(0)
    if weights.shape[1:] == (1, 3, inputs) and f["in_h"] == 1 and f["pad_top"] == 0:  # of three rows two are outside
        weights = np.pad(weights, ((0, 0), (1, 1), (0, 0), (0, 0)))
    if weights.shape[1:] != (3, 3, inputs) or x.shape[3] != inputs or f["dilation_h"] != 1 or f["dilation_w"] != 1:
        return None
    if (f["low"], f["high"]) != (-128, 127) or f["stride_w"] != f["stride_h"] or f["stride_w"] not in (1, 2):
        return None
    lines = _lines(f)
    if lines is None:
        return None
    out_c = weights.shape[0]
    real = effective_scale(x, layer.input(1), layer.outputs[0])
    bias, clamp = bias_of(layer, out_c), clamp_of(call)
    folded = fold(weights.reshape(out_c, -1), bias, x.zero_point, real, clamp, wide=True)
    if folded is None:
        return None
    return Windows(f | {"out_c": out_c}, folded, folded.halves.reshape(weights.shape), lines, x.zero_point)


def _lines(f: dict[str, int]) -> list[Lines] | None:
    """None where a window has more than a row outside on one side, or two rows are read of which there is no third."""
    height, pitch, stride, pad, out = f["in_h"], f["in_w"] * f["in_c"], f["stride_h"], f["pad_top"], f["out_h"]
    if height == 1:
        return [Lines(1, 0, (1, OUTSIDE, OUTSIDE), 0)] if pad < 2 and out == 1 else None
    below = max((out - 1) * stride - pad + 3 - height, 0)
    inner = out - pad - below
    if height < 3 or pad > 1 or below > 1 or inner < 0:
        return None
    found = [Lines(1, 0, (1, 2, OUTSIDE), pitch)] if pad else []
    found += [Lines(inner, pad * (stride - 1), (0, 1, 2), pitch)] if inner else []
    return found + ([Lines(1, height - 1, (1, 0, OUTSIDE), -pitch)] if below else [])


def pair(low: NDArray[np.int16], high: NDArray[np.int16]) -> NDArray[np.int32]:
    return np.ascontiguousarray(np.stack([low, high], axis=1)).view(np.int32)[:, 0]


def words_of(rows: list[list[int]]) -> NDArray[np.int32]:
    return np.array(rows, np.int64).astype(np.uint32).view(np.int32).reshape(-1)
