"""3x3 windows into few channels, rows of 12 or, in steps of two, 13 pixels: `firmware/src/conv_2d_spans_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import fold, integer

OPERATOR, FILE = "conv_2d", "conv_2d_spans_mve"
SIDE, BLOCK, VECTOR, WORD = 3, 8, 16, 4
LARGEST_C = 16  # output channels
Window = NDArray[np.int8]  # (rows, taps, input channels) of one filter


@dataclass(frozen=True)
class Shape:
    """Input channels, stride, and the vectors of weights of every span: a window's row from byte `start` to `end`, at
    byte `at` of the vector."""

    in_c: int
    stride: int
    spans: tuple[tuple[tuple[int, int, int], ...], ...]  # start, end, at

    @property
    def name(self) -> str:
        """Of its kernel, behind the file's."""
        return f"{self.in_c}_by_{self.stride}"

    @property
    def outputs(self) -> int:
        return 7 if self.stride == 2 else 6

    @property
    def width(self) -> int:
        return 13 if self.stride == 2 else 12


SHAPES = (
    Shape(4, 2, (((0, 12, 0),),)),
    Shape(5, 2, (((5, 15, 0), (0, 15, 0), (0, 10, 6)),)),
    Shape(8, 2, (((0, 16, 0), (16, 24, 0)),)),
    Shape(16, 2, (((0, 16, 0), (16, 32, 0), (32, 48, 0)),)),
    Shape(24, 2, (((24, 40, 0), (40, 48, 0), (0, 16, 0), (16, 32, 0), (32, 48, 0), (48, 64, 0), (64, 72, 0)),)),
    Shape(4, 1, (((4, 12, 0), (0, 12, 0), (0, 12, 4)), ((0, 12, 0), (0, 12, 4), (0, 8, 8)))),
    Shape(5, 1, (((5, 15, 0), (0, 15, 0)), ((0, 15, 0), (0, 15, 1), (0, 10, 6)))),
    Shape(8, 1, (((0, 16, 0), (16, 24, 0), (0, 8, 8), (8, 24, 0)),) * 2),
)  # fmt: skip


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_c, out_h, stride = of("out_c"), of("out_h"), of("stride_h")
    shape = next((s for s in SHAPES if (s.in_c, s.stride, s.width) == (of("in_c"), stride, of("in_w"))), None)
    if (
        shape is None or out_c > LARGEST_C or out_h < SIDE or (of("kernel_h"), of("kernel_w")) != (SIDE, SIDE)
        or any(of(name) != 1 for name in ("dilation_h", "dilation_w", "pad_top", "pad_left"))
        or of("stride_w") != stride or of("out_w") != len(shape.spans) * shape.outputs
        or (out_h - 1) * stride + SIDE != of("in_h") + 2 or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second):
        return None
    outputs = out_h * of("out_w")
    stream: list[NDArray[np.int32]] = []
    for channel in range(out_c):
        window = found.weights[channel].reshape(SIDE, SIDE, shape.in_c)
        for i, rows in enumerate((range(1, SIDE), range(SIDE), range(SIDE - 1))):
            begins = _begins(window, int(found.bias[channel]), of("in_zero"), rows, of("out_w"))
            between = [out_h - 2] if i == 0 else []
            if len(shape.spans) == 1:
                stream += [_words([*begins, *between])]
            else:
                stream += [_words(between)]
            for j, vectors in enumerate(shape.spans):
                if len(shape.spans) > 1:
                    stream.append(_words(begins[j * shape.outputs : (j + 1) * shape.outputs]))
                stream += [_vectors(window[row], vectors) for row in rows]
        constants = (found.multiplier[channel], found.second[channel], of("out_zero"), BLOCK * out_c, outputs // BLOCK)
        stream.append(_words([outputs % BLOCK, *(int(value) for value in constants)]))
        if out_c > 1:
            stream.append((np.arange(BLOCK, dtype="<i2") * out_c).astype("<i2").view("<i4"))
    return Call(
        f"{FILE}_{shape.name}",
        {
            "stream": np.concatenate(stream), "channels": out_c, "batches": of("batches"),
            "in_size": of("in_h") * of("in_w") * shape.in_c, "out_step": outputs * out_c - (out_c if out_c > 1 else 0),
        },
        scratch=-(-outputs // BLOCK) * BLOCK * WORD,
        source=FILE,
    )  # fmt: skip


def _begins(window: Window, bias: int, zero: int, rows: range, out_w: int) -> list[int]:
    """Of a row of outputs, whose windows have these `rows` inside the picture: with what padding adds."""
    taps = window.astype(np.int64).sum(axis=2)
    above = int(taps.sum() - taps[rows.start : rows.stop].sum())
    edges = {0: int(taps[rows.start : rows.stop, 0].sum()), out_w - 1: int(taps[rows.start : rows.stop, -1].sum())}
    return [bias + zero * (above + edges.get(x, 0)) for x in range(out_w)]


def _words(values: Sequence[int]) -> NDArray[np.int32]:
    return np.array(values, np.int64).astype(np.int32)


def _vectors(row: NDArray[np.int8], vectors: tuple[tuple[int, int, int], ...]) -> NDArray[np.int32]:
    found = np.zeros((len(vectors), VECTOR), np.int8)
    for vector, (start, end, at) in zip(found, vectors, strict=True):
        vector[at : at + end - start] = row.reshape(-1)[start:end]
    return found.reshape(-1).view("<i4").astype(np.int32)
