"""A pad before a VALID window goes where SAME pads just so: zeros for convolutions, the lowest value for max pools."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgekit.graph import Graph, Node
from edgekit.graph.operator import window_output, window_padding
from edgekit.graph.ops.pad import Pad
from edgekit.passes._rewrite import Sweep

ORDER = 50
CONVOLUTIONS = frozenset(("conv_2d", "depthwise_conv_2d"))


def run(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    for node in graph.nodes:
        pad = sweep.writer(node.inputs[0]) if node.inputs else None
        if pad is not None and isinstance(pad.op, Pad) and _fits(graph, pad, pad.op, node):
            op: Any = node.op
            sweep.change(node, replace(op, padding="same"), (pad.inputs[0], *node.inputs[1:]))
        else:
            sweep.keep(node)
    return sweep.finish()


def _fits(graph: Graph, pad: Node, op: Pad, node: Node) -> bool:
    window: Any = node.op
    source, target = (graph.tensors[str(n)] for n in (pad.inputs[0], pad.outputs[0]))
    if node.op.name in CONVOLUTIONS:
        kernel, dilation = graph.tensors[str(node.inputs[1])].shape[1:3], window.dilation
        filled = op.value == 0
    elif node.op.name == "max_pool_2d":
        kernel, dilation = window.window, (1, 1)
        filled = op.value <= float(np.finfo(np.float32).min)
    else:
        return False
    if not filled or window.padding != "valid" or source.quantization != target.quantization or len(source.shape) != 4:
        return False
    if op.paddings[0] != (0, 0) or op.paddings[3] != (0, 0):
        return False
    output = graph.tensors[node.outputs[0]].shape[1:3]
    for i in range(2):
        size = window_output(source.shape[1 + i], kernel[i], window.stride[i], dilation[i], "same")
        sides = window_padding(source.shape[1 + i], kernel[i], window.stride[i], dilation[i], size)
        if size != output[i] or sides != op.paddings[1 + i]:
            return False
    return True
