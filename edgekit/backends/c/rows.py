"""Which rows of its inputs a node needs for rows of its output: what lets layers run stripe by stripe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.elementwise import Binary, Unary
from edgekit.graph.operator import window_padding
from edgekit.graph.ops._pool import Pool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D

CHANNELS, ROWS = 3, 1  # axes of NHWC


@dataclass(frozen=True)
class Rows:
    """Output rows [a, b) read the rows [start(a), end(b)) of every one of `inputs`, as far as they exist.

    Attributes:
        inputs: activations read, each of them once. stride, reach, pad: of the sliding window, in rows.
    """

    inputs: tuple[str, ...]
    stride: int = 1
    reach: int = 1
    pad: int = 0

    def start(self, a: int) -> int:
        return a * self.stride - self.pad

    def end(self, b: int) -> int:
        return (b - 1) * self.stride - self.pad + self.reach

    def mirrored(self, in_rows: int, out_rows: int) -> Rows:
        """The same rule with rows counted from the last one, for heights of input and output."""
        return replace(self, pad=self.end(out_rows) - in_rows)


def rows_of(graph: Graph, node: Node) -> Rows | None:
    """The node's rule; None where it has none, several outputs, a batch, or only constants."""
    inputs, y = graph.node_inputs(node), graph.node_outputs(node)[0]
    if len(node.outputs) > 1 or len(y.shape) != 4 or y.shape[0] != 1:
        return None
    read = tuple(dict.fromkeys(t.name for t in inputs if t is not None and not t.is_constant))
    if not read:
        return None
    if isinstance(node.op, Conv2D | DepthwiseConv2D):
        x, weights = inputs[0], inputs[1]
        assert x is not None and weights is not None
        return _window(read, x, y, weights.shape[ROWS], node.op.stride[0], node.op.dilation[0])
    if isinstance(node.op, Pool2D):
        assert inputs[0] is not None
        return _window(read, inputs[0], y, node.op.window[0], node.op.stride[0], 1)
    joined = isinstance(node.op, Concatenation) and node.op.axis == CHANNELS
    if joined or (isinstance(node.op, Unary | Binary) and _row_by_row(inputs, y)):
        return Rows(read)
    return None


def _window(read: tuple[str, ...], x: Tensor, y: Tensor, kernel: int, stride: int, dilation: int) -> Rows:
    pad, _ = window_padding(x.shape[ROWS], kernel, stride, dilation, y.shape[ROWS])
    return Rows(read, stride, (kernel - 1) * dilation + 1, pad)


def _row_by_row(inputs: Sequence[Tensor | None], y: Tensor) -> bool:
    """Activations have the output's shape, constants are the same for every row."""
    given = [t for t in inputs if t is not None]
    return all(
        (len(t.shape) < CHANNELS or t.shape[-CHANNELS] == 1) if t.is_constant else t.shape == y.shape for t in given
    )
