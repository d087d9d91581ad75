"""2-D maximum pooling in the engine: integers pass as they are; padding never wins."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine.lowering import Lowering
from edgekit.reference.ops.max_pool_2d import clamp


def lower(
    op: MaxPool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic, graph: Lowering,
    names: Sequence[str],
) -> str | None:  # fmt: skip
    x, output = present(inputs[0], "input"), outputs[0]
    low, high = clamp(op, output, arithmetic)
    (top, bottom), (left, right) = (
        window_padding(x.shape[1 + i], op.window[i], op.stride[i], 1, output.shape[1 + i]) for i in range(2)
    )
    if max(top, bottom) >= op.window[0] or max(left, right) >= op.window[1]:
        return None  # a window of nothing but padding
    y = graph.node(
        "MaxPool", [names[0]], graph.channels[names[0]],
        kernel_shape=list(op.window), strides=list(op.stride), pads=[top, left, bottom, right],
    )  # fmt: skip
    if (low, high) == (-128, 127):
        return y
    return graph.clip(graph.scaled(y, 1), low - output.zero_point, high - output.zero_point)
