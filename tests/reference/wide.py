"""The random cases of the int8 operators with int16 activations (16x8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgekit.graph import Graph, Quantization, Tensor
from edgekit.graph.ops.pad import Pad

PRODUCTS = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")
FIXED = ("logistic", "softmax", "tanh")  # whose outputs have the scale 2^-15


def widened(graph: Graph, seed: int = 0) -> Graph:
    """The one-operator int8 graph with int16 activations around zero, and weights as they are.

    Scales become 256 times finer, so that the ranges stay; some biases become so large that they need 64 bits.
    """
    wide, (node,) = graph.copy(), graph.nodes
    rng = np.random.default_rng(seed)
    for index, name in enumerate(node.inputs):
        tensor = wide.tensors.get(str(name))
        if tensor is None or tensor.data is None:
            continue
        if node.op.name not in PRODUCTS:
            data = rng.integers(-(1 << 15), 1 << 15, tensor.shape, np.int16)
            wide.tensors[tensor.name] = Tensor.constant(tensor.name, data, _finer(tensor.quantization))
        elif index == 2:
            factor = 1 << int(rng.integers(0, 12))
            q = tensor.quantization
            assert q is not None
            finer = Quantization(q.scale / np.float32(256), q.zero_point, q.axis)
            data = np.asarray(tensor.data).astype(np.int64) * factor
            wide.tensors[tensor.name] = Tensor.constant(tensor.name, data, finer)
    for tensor in list(wide.activations()):
        if tensor.dtype in ("int8", "uint8"):
            q = _finer(tensor.quantization)
            if node.op.name in FIXED and tensor.name in node.outputs:
                q = Quantization.per_tensor(2.0**-15, 0)
            wide.tensors[tensor.name] = tensor.with_(dtype="int16", quantization=q)
        elif tensor.dtype == "int16":
            wide.tensors[tensor.name] = tensor.with_(quantization=Quantization.per_tensor(2.0**-15, 0))
    if isinstance(node.op, Pad) and node.op.value:  # on the output's grid, which the file stores
        y = wide.tensors[node.outputs[0]]
        steps = np.clip(np.rint(node.op.value / float(y.scale)), -(1 << 15), (1 << 15) - 1)
        wide.nodes = [replace(node, op=replace(node.op, value=float(steps) * float(y.scale)))]
    wide.validate()
    return wide


def _finer(q: Quantization | None) -> Quantization:
    assert q is not None
    return Quantization.per_tensor(float(q.scale[0]) / 256, 0)
