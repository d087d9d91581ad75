"""Addition in the engine: the nearest step by a rough sum, then its side as in `remainder.py`; proven on all pairs.

Each scale is split into a multiple of 2^-14, whose products and sums are exact, and the small rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.add import Add
from edgekit.reference.arithmetic import activation_range
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.engine.lowering import MAGIC, Lowering
from edgekit.reference.engine.remainder import EPSILON, SHARP
from edgekit.reference.ops.add import prepare_integer

FRACTION = 2.0**14


def lower(
    op: Add, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic, graph: Lowering,
    names: Sequence[str],
) -> str | None:  # fmt: skip
    if len(names) != 2:
        return None  # a constant
    a, b, output = present(inputs[0], "input"), present(inputs[1], "input"), outputs[0]
    low, high = (v - output.zero_point for v in activation_range(op.activation, float(output.scale), output.zero_point))
    scales = [float(np.float64(t.scale) / np.float64(output.scale)) for t in (a, b)]
    if a.shape != b.shape or names[0] == names[1] or high <= low or (sum(scales) * 256 + 1) * FRACTION > 1 << 24:
        return None
    names = [graph.blocked(name) for name in names]
    rough = [np.rint(s * FRACTION) / FRACTION for s in scales]
    fine = [float(np.float32(s - r)) for s, r in zip(scales, rough, strict=True)]
    offset = _offset(op, a, b, output, arithmetic, (low, high), [r + f for r, f in zip(rough, fine, strict=True)])
    if offset is None:
        return None
    total = graph.scaled(names[1], rough[1], plus=graph.scaled(names[0], rough[0], 0.5))
    near = graph.clip(graph.scaled(total, 1, MAGIC), MAGIC + low + 1, MAGIC + high)
    near = graph.scaled(near, 1, -MAGIC)
    rest = graph.scaled(near, -1, plus=total)
    for name, scale in zip(names, fine, strict=True):
        rest = graph.scaled(name, scale, plus=rest)
    side = graph.clip(graph.scaled(rest, SHARP, offset * SHARP), -0.5, 0.5)
    return graph.scaled(side, 1, -0.5, plus=near)


def _offset(
    op: Add, a: Tensor, b: Tensor, output: Tensor, arithmetic: Arithmetic, bounds: tuple[int, int], scales: list[float]
) -> float | None:
    """The middle of the offsets with which every pair rounds to the page's sum, None where there is none."""
    bytes_ = np.arange(-128, 128).astype(np.int8)
    first, second = (v.reshape(-1) for v in np.meshgrid(bytes_, bytes_, indexing="ij"))
    page = prepare_integer(op, [a, b], [output], arithmetic)([first, second])[0].astype(np.int64) - output.zero_point
    total = (first.astype(np.float64) - a.zero_point) * scales[0] + (second.astype(np.float64) - b.zero_point) * scales[
        1
    ]
    least = np.where(page > bounds[0], page - 0.5 - total, -np.inf).max()
    most = np.where(page < bounds[1], page + 0.5 - total, np.inf).min()
    middle = float(np.float32((max(least, most - 1e-4) + min(most, least + 1e-4)) / 2))
    error = 1 / SHARP + EPSILON * 8 * (512 / FRACTION + abs(middle))  # near a step all terms are that small
    return middle if middle - least > error and most - middle > error and abs(middle) < 0.1 else None
