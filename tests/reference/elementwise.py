"""Random graphs shared by the elementwise operators' cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from tests.reference import picker
from tests.reference.picker import Picker, choose, flag


def scale_near(pick: Picker, scale: float) -> float:
    """A scale whose ratio to `scale` is mostly ordinary, sometimes up to 2^12 either way; sometimes exactly `scale`."""
    kind = pick.integer(0, 9)
    exponent = 0 if kind == 0 else pick.integer(-12, 12) if kind == 1 else pick.integer(-2, 2)
    mantissa = 0 if kind <= 2 else pick.integer(0, (1 << 23) - 1)
    return float(np.float32(scale * 2.0**exponent * (1 + mantissa / (1 << 23))))


def tensor(pick: Picker, name: str, dims: Sequence[int], scale: float, dtype: str = "int8") -> Tensor:
    """An activation near a given scale, with any zero point."""
    zero_point = picker.zero_point(pick) + (128 if dtype == "uint8" else 0)
    if dtype == "int16" and flag(pick):
        zero_point = 0
    return Tensor(name, tuple(dims), dtype, Quantization.per_tensor(scale_near(pick, scale), zero_point))


def binary_shapes(pick: Picker, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast: equal, one of lower rank, or with ones in either."""
    full = picker.shape(pick, rank, 5 if rank <= 4 else 3, batch=choose(pick, (1, 1, 3)))
    kind = pick.integer(0, 4)
    if kind <= 1:
        return full, full
    if kind == 2:
        other = full[pick.integer(1, rank) :]
        return (full, other) if flag(pick) else (other, full)
    first, second = list(full), list(full)
    for axis in range(rank):
        side = pick.integer(0, 3)
        if side < 2:
            (first, second)[side][axis] = 1
    return tuple(first), tuple(second)


def binary(pick: Picker, op: Operator, rank: int, output_scale: float | None = None, same: bool = False) -> Graph:
    """A graph of one binary operator: two inputs, one input twice, or one input and one constant on either side.

    Args:
        output_scale: around which the output's scale is chosen, relative to the inputs; any scale without.
        same: all three tensors share one quantization.
    """
    shapes = binary_shapes(pick, rank)
    graph = Graph(op.name, inputs=[])
    scale = picker.scale(pick)
    constant = shapes.index(()) if () in shapes else pick.integer(0, 5)  # 0 and 1: that input is a constant
    for index, (name, shape) in enumerate(zip("ab", shapes, strict=True)):
        made = tensor(pick, name, shape, scale)
        if same and index:
            made = made.with_(quantization=graph.tensors["a"].quantization)
        if index == constant:
            made = Tensor.constant(name, picker.integers(pick, shape, -128, 127, "int8"), made.quantization)
        else:
            graph.inputs.append(name)
        graph.add(made)
    (shape,) = op.infer([graph.tensors["a"], graph.tensors["b"]])
    target = scale * (picker.scale(pick) if output_scale is None else output_scale)
    output = tensor(pick, "y", shape, target)
    if output.scale <= max(graph.tensors[n].scale for n in "ab") / 2**19:  # sums refuse it
        output = output.with_(quantization=graph.tensors["a"].quantization)
    graph.add(output.with_(quantization=graph.tensors["a"].quantization) if same else output)
    names = ("a", "b")
    if graph.inputs == ["a", "b"] and shapes[0] == shapes[1] and pick.integer(0, 5) == 0:
        names, graph.inputs = ("a", "a"), ["a"]
        del graph.tensors["b"]
    graph.outputs, graph.nodes = ["y"], [Node(op, names, ("y",))]
    graph.validate()
    return graph


def unary(pick: Picker, op: Operator, output: tuple[float, int] | None = None, largest: float = 2.0**13) -> Graph:
    """A graph of one unary int8 operator.

    Args:
        output: the output's scale and zero point where they are fixed; near the input's scale otherwise.
        largest: bound of the input's scale over the output's.
    """
    scale = picker.scale(pick)
    x = tensor(pick, "x", choose(pick, ((1, 256), (1, 4, 8, 8), (2, 3, 5))), scale)
    y = tensor(pick, "y", x.shape, scale)
    if output is not None:
        y = y.with_(quantization=Quantization.per_tensor(*output))
    elif x.scale / y.scale >= largest:
        y = y.with_(quantization=Quantization.per_tensor(float(x.scale), y.zero_point))
    graph = Graph(op.name, inputs=["x"], outputs=["y"], nodes=[Node(op, ("x",), ("y",))])
    graph.add(x)
    graph.add(y)
    graph.validate()
    return graph
