"""Models of two-input operators, one of whose operands repeats over the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.operator import ACTIVATIONS, Activation
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.sub import Sub
from tests.firmware.proof import GUARD, Case

OPERATORS: dict[str, type[Add] | type[Mul] | type[Sub]] = {"add": Add, "mul": Mul, "sub": Sub}
# the larger operand's shape, the smaller one's
SHAPES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((1, 6, 5, 16), (1, 1, 1, 16)), ((2, 3, 3, 24), (2, 1, 1, 24)), ((2, 4, 3, 8), (1, 1, 1, 8)),
    ((1, 9, 7, 3), (1, 1, 1, 3)), ((1, 5, 5, 1), (1, 1, 1, 1)), ((3, 5, 5, 2), (3, 1, 1, 2)),
    ((1, 4, 4, 13), (1, 4, 4, 1)), ((2, 3, 2, 64), (2, 3, 2, 1)), ((1, 2, 3, 33), (1, 1, 1, 33)),
    ((2, 3, 4, 5), (1, 3, 4, 5)), ((1, 4, 3, 6), (1, 4, 1, 6)), ((1, 7, 1, 7), (7,)), ((4, 40), (40,)),
    ((1, 2, 2, 515), (1, 1, 1, 515)), ((1, 15, 1, 15), (1, 1, 1, 15)), ((1, 2, 1, 1), (1, 1, 1, 1)),
    ((1, 1, 300, 4), (1, 1, 1, 4)), ((1, 1, 37, 12), (1, 1, 1, 12)),
)  # fmt: skip
OTHERS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((2, 3, 3, 4), (1, 3, 1, 4)), ((2, 3, 2, 4), (1, 3, 1, 1)), ((1, 4, 5, 6), (1, 4, 5, 6)),
    ((1, 1, 1, 5), (1, 1, 1, 5)),
)  # fmt: skip
ZEROS = ((-128, 127, -1), (5, -128, -128), (-128, -128, 3), (127, 0, 127), (0, 0, 0))


def graph(
    operator: str, large: tuple[int, ...], small: tuple[int, ...], scale: float = 1.0,
    zeros: tuple[int, int, int] = (3, -7, 5), swapped: bool = False, activation: Activation = "none",
    constant: bool = False,
) -> Graph:  # fmt: skip
    """`scale`: the output's, of products times 1 / 255 of the range, of sums of the largest."""
    found = Graph("repeats", inputs=["a"] if constant else ["a", "b"], outputs=["y"])
    scales = {"a": 0.031, "b": 0.0173, "y": 0.031 * 0.0173 * 255 * scale if operator == "mul" else 0.05 * scale}
    shapes, q = {"a": large, "b": small, "y": large}, dict(zip("aby", zeros, strict=True))
    for name, shape in shapes.items():
        quantization = Quantization.per_tensor(scales[name], q[name])
        if name == "b" and constant:
            values = np.random.default_rng(1).integers(-128, 128, shape).astype(np.int8)
            found.add(Tensor.constant("b", values, quantization))
        else:
            found.add(Tensor(name, shape, "int8", quantization))
    op: Operator = OPERATORS[operator](activation)
    found.nodes = [Node(op, ("b", "a") if swapped else ("a", "b"), ("y",))]
    found.validate()
    return found


def cases(operator: str, scales: tuple[float, ...]) -> Iterator[Case]:
    """All shapes, with zero points, activations and the rest in turn."""
    for i, (large, small) in enumerate(SHAPES + OTHERS):
        made = graph(operator, large, small, scales[i % len(scales)], ZEROS[i % len(ZEROS)], i % 2 == 1,
                     ACTIVATIONS[i // 2 % 3] if i % 4 == 3 else "none", i % 3 == 2)  # fmt: skip
        yield Case(f"{operator}_{i}", made, i, 2, GUARD * (i % 2))
    yield Case(
        f"{operator}_ends", graph(operator, (1, 3, 5, 20), (1, 1, 1, 20)), inputs=_ends((1, 3, 5, 20), (1, 1, 1, 20))
    )


def _ends(*shapes: tuple[int, ...]) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.int8]]]:
    """Two samples of lowest and highest values only."""
    rng = np.random.default_rng(3)
    return {n: rng.choice([-128, 127], (2, *s[1:])).astype(np.int8) for n, s in zip("ab", shapes, strict=True)}
