"""3x3 convolutions of three channels into few: pictures that lie in scratch as a whole, those of one size, and with a
ReLU rows of fours of columns."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.conv_2d import Conv2D

SIZES = ((12, 1, 1), (13, 2, 1), (13, 2, 3))  # pixels of a side, stride, outputs


def _graph(d: Draw, shape: tuple[int, int, int], stride: int, outputs: int, valid: bool = False) -> Graph:
    b = Builder("three", (*shape, 3), d.of(*range(1000)))
    op = Conv2D((stride, stride), padding="valid" if valid else "same")
    return b.ended(b.weighted(op, "input", (outputs, 3, 3, 3), 0))


def between_rows(d: Draw) -> Graph:
    """Any height, short rows."""
    stride, outputs, valid = d.turn((1, 2)), d.of(3, 3, 10), d.of(0, 0, 1) == 1
    windows = 2 + d.upto(22 // stride) if outputs == 3 else 2 + d.upto(10)
    width = (windows - 1) * stride + 3 if valid else windows * stride - d.of(0, stride - 1)
    return _graph(d, (d.of(1, 1, 2, 3), 4 + d.upto(24), width), stride, outputs, valid)


def of_one_size(d: Draw) -> Graph:
    side, stride, outputs = d.turn(SIZES)
    return _graph(d, (1, side, side), stride, outputs)


def fours_of_columns(d: Draw) -> Graph:
    stride, valid = d.turn((1, 2)), d.of(0, 0, 1) == 1
    b = Builder("fours", (d.of(1, 1, 2, 3), 3 + d.upto(30), 4 * stride * d.upto(8), 3), d.of(*range(1000)))
    op = Conv2D((stride, stride), padding="valid" if valid else "same", activation="relu")
    graph = b.ended(b.weighted(op, "input", (2 * d.upto(6), 3, 3, 3), 0))
    y = graph.tensors[graph.outputs[0]]
    graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -128))
    return graph


SAMPLERS: tuple[Sampler, ...] = ((between_rows, 80), (of_one_size, 12), (fours_of_columns, 120))
