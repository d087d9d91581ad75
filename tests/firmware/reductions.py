"""Models of a mean or a sum over axes next to each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.mean import Mean
from edgekit.graph.ops.sum import Sum
from tests.firmware.proof import GUARD, Case

OPERATORS: dict[str, type[Mean] | type[Sum]] = {"mean": Mean, "sum": Sum}
# shape, axes
REDUCTIONS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((1, 6, 6, 64), (1, 2)), ((2, 5, 4, 24), (1, 2)), ((1, 16, 16, 16), (1, 2)), ((1, 17, 17, 40), (1, 2)),
    ((1, 3, 3, 8), (1, 2)), ((1, 4, 5, 13), (1, 2)), ((2, 3, 4, 5), (1, 2)), ((1, 20, 30, 9), (1, 2)),
    ((3, 4, 5, 7), (1, 2, 3)), ((2, 3, 5, 31), (3,)), ((1, 9, 9, 1), (1, 2)), ((4, 300), (1,)), ((7, 3, 12), (1,)),
    ((1, 5, 1, 33), (1, 2)), ((9, 40), (0,)), ((1, 2, 3, 4), (2,)), ((1, 4, 4, 6), (1, 2)), ((1, 33, 32, 44), (1, 2)),
    ((1, 1, 2, 17), (2,)),
)  # fmt: skip
APART = ((2, 3, 4, 5), (0, 2))
ZEROS = ((-128, -128), (127, 0), (5, -7), (-128, 127))


def graph(
    operator: str, shape: tuple[int, ...], axes: tuple[int, ...], scale: float = 1.0, zeros: tuple[int, int] = (5, -7)
) -> Graph:
    """`scale`: the output's, of a mean as the input's, of a sum times the square root of its terms."""
    found = Graph("reduced", inputs=["x"], outputs=["y"])
    terms = float(np.prod([shape[d] for d in axes]))
    output = 0.02 * scale * (terms**0.5 if operator == "sum" else 1.0)
    op: Operator = OPERATORS[operator](axes, keep_dims=True)
    found.add(Tensor("x", shape, "int8", Quantization.per_tensor(0.02, zeros[0])))
    (result,) = op.infer([found.tensors["x"]])
    found.add(Tensor("y", result, "int8", Quantization.per_tensor(output, zeros[1])))
    found.nodes = [Node(op, ("x",), ("y",))]
    found.validate()
    return found


def cases(operator: str, scales: tuple[float, ...]) -> Iterator[Case]:
    """All of them, with scales and zero points in turn; of some the lowest values only, of some the highest."""
    for i, (shape, axes) in enumerate(REDUCTIONS):
        made = graph(operator, shape, axes, scales[i % len(scales)], ZEROS[i % len(ZEROS)])
        yield Case(f"{operator}_{i}", made, i, 1 if 0 in axes else 2, GUARD * (i % 2))
        if i % 3 == 0:
            ends = np.stack([np.full(shape[1:], end, np.int8) for end in (-128, 127)] * shape[0])
            yield Case(f"{operator}_{i}_ends", made, i, 1 if 0 in axes else 2, inputs={"x": ends[: shape[0] * 2]})
