"""Which layers lie on crossbars, and where: weights as pairs of target conductances, cut into tiles.

A convolution is unrolled: its windows are the rows' inputs, its output channels the columns (im2col). A weight is the
difference of two devices; the one of the other sign has the target 0. Each tile belongs to one layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgekit.backends.analog_pcm.device import Array, Floats
from edgekit.backends.analog_pcm.options import Options
from edgekit.graph import Graph, Node
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D

DENSE, DEPTHWISE = ("conv_2d", "fully_connected"), "depthwise_conv_2d"


@dataclass(frozen=True, eq=False)
class Tile:
    """A block of a layer's matrix on one crossbar.

    Attributes:
        rows, columns: (first, last + 1) within the layer.
        positive, negative: target conductances (rows, columns) in µS.
        weights: how many of its cells hold a weight; the others of a depthwise block hold none.
        full_scale: of its outputs, in units of full inputs times full weights; set by calibration.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    positive: Floats
    negative: Floats
    weights: int
    full_scale: float = 0.0


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer on crossbars.

    Attributes:
        name, op: of its node.
        scale: what g_max stands for, per column.
        full_scale: of its inputs, in real units; set by calibration.
    """

    name: str
    op: str
    scale: Floats
    tiles: tuple[Tile, ...]
    full_scale: float = 0.0


def on_crossbars(graph: Graph, node: Node, options: Options) -> bool:
    """Whether a node's product is computed in a crossbar."""
    if node.name in options.digital:
        return False
    weights = graph.tensors[str(node.inputs[1])] if node.op.name in (*DENSE, DEPTHWISE) else None
    if weights is None or not weights.is_constant:
        return False
    return node.op.name in DENSE or options.depthwise == "crossbar"


def layers(graph: Graph, options: Options) -> list[Layer]:
    """Every layer of a float graph that goes on crossbars, in execution order."""
    return [_layer(graph, node, options) for node in graph.nodes if on_crossbars(graph, node, options)]


def _layer(graph: Graph, node: Node, options: Options) -> Layer:
    weights = np.asarray(graph.tensors[str(node.inputs[1])].data, np.float32)
    if node.op.name == DEPTHWISE:
        inputs = graph.node_inputs(node)[0]
        assert inputs is not None and isinstance(node.op, DepthwiseConv2D)
        blocks, per_column = _diagonal(weights, inputs.shape[3], options)
    else:
        matrix = weights.reshape(len(weights), -1).T
        blocks, per_column = _grid(matrix, options), np.abs(matrix).max(axis=0)
    if options.scaling == "layer":
        per_column = np.full_like(per_column, per_column.max())
    scale = np.where(per_column > 0, per_column, np.float32(1)).astype(np.float32)
    tiles = []
    for rows, columns, block, count in blocks:
        target = block / scale[columns[0] : columns[1]] * np.float32(options.g_max)
        tiles.append(Tile(rows, columns, np.maximum(target, 0), np.maximum(-target, 0), count))
    return Layer(node.name, node.op.name, scale, tuple(tiles))


Block = tuple[tuple[int, int], tuple[int, int], Array, int]


def _grid(matrix: Floats, options: Options) -> list[Block]:
    """The matrix (inputs, outputs) cut into tiles; the last ones are smaller."""
    height, width = options.tile_rows, options.tile_columns
    found: list[Block] = []
    for top in range(0, len(matrix), height):
        for left in range(0, matrix.shape[1], width):
            block = matrix[top : top + height, left : left + width]
            rows, columns = (top, top + block.shape[0]), (left, left + block.shape[1])
            found.append((rows, columns, block, block.size))
    return found


def channels_per_tile(window: int, multiplier: int, options: Options) -> int:
    """Input channels of a depthwise layer whose blocks fit into one tile; 0 when not even one does."""
    return min(options.tile_rows // window, options.tile_columns // multiplier)


def _diagonal(weights: Floats, inputs: int, options: Options) -> tuple[list[Block], Floats]:
    """Depthwise weights (1, Kh, Kw, Co): each input channel's window on rows of its own, blocks along the diagonal."""
    window, outputs = weights.shape[1] * weights.shape[2], weights.shape[3]
    flat, multiplier = weights.reshape(window, outputs), outputs // inputs
    step = channels_per_tile(window, multiplier, options)
    found: list[Block] = []
    for first in range(0, inputs, step):
        last = min(first + step, inputs)
        block = np.zeros(((last - first) * window, (last - first) * multiplier), np.float32)
        for channel in range(first, last):
            top, left = (channel - first) * window, (channel - first) * multiplier
            part = flat[:, channel * multiplier : (channel + 1) * multiplier]
            block[top : top + window, left : left + multiplier] = part
        rows, columns = (first * window, last * window), (first * multiplier, last * multiplier)
        found.append((rows, columns, block, (last - first) * window * multiplier))
    return found, np.abs(flat).max(axis=0)
