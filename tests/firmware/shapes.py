"""One layer with weights, of a given shape and scale, with data that reach both ends."""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected


def layer_graph(
    operator: str,
    shape: tuple[int, ...],
    out_c: int,
    kernel: tuple[int, int],
    stride: int,
    scale: tuple[float, float],
    rng: np.random.Generator,
    op: Operator | None = None,
) -> Graph:
    """x -> y by one convolution or fully connected layer.

    Args:
        shape: of the input; out_c: output channels. scale: (of input times weights, of the output); weights of some
        channels are all at one end. op: instead of the one with `stride` and the same size.
    """
    ops: dict[str, tuple[Operator, tuple[int, ...], int]] = {
        "conv_2d": (Conv2D((stride, stride), padding="same"), (out_c, *kernel, shape[-1]), 0),
        "depthwise_conv_2d": (DepthwiseConv2D((stride, stride), padding="same"), (1, *kernel, out_c), 3),
        "fully_connected": (FullyConnected(), (out_c, shape[-1]), 0),
    }
    usual, weights, axis = ops[operator]
    op = usual if op is None else op
    graph = Graph("layer")
    values = rng.integers(-128, 128, weights)
    ends = rng.integers(0, 4, out_c).reshape([-1 if i == axis else 1 for i in range(len(weights))])
    values = np.where(ends == 0, -128, np.where(ends == 1, 127, values)).astype(np.int8)
    scales = (scale[0] * rng.uniform(0.3, 1.0, out_c)).astype(np.float32)
    graph.add(Tensor("x", shape, "int8", Quantization.per_tensor(1.0, int(rng.integers(-128, 128)))))
    graph.add(Tensor.constant("w", values, Quantization.per_channel(scales, axis)))
    bias = rng.integers(-(1 << 14), 1 << 14, out_c).astype(np.int32)
    graph.add(Tensor.constant("b", bias, Quantization.per_channel(scales, 0)))
    (result,) = op.infer([graph.tensors[name] for name in ("x", "w", "b")])
    graph.add(Tensor("y", result, "int8", Quantization.per_tensor(scale[1], int(rng.integers(-128, 128)))))
    graph.nodes.append(Node(op, ("x", "w", "b"), ("y",)))
    graph.inputs, graph.outputs = ["x"], ["y"]
    graph.validate()
    return graph
