"""What the operators share that move values and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.reference.simulator import Array, Kernel


def mover(move: Callable[[Array], Array], inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """A kernel of one input and one output that only moves values.

    Integers are copied as they are even where the two quantizations differ: that is what the runtimes do.
    """
    check_types(inputs, outputs)
    return lambda arrays: [np.asarray(move(np.asarray(arrays[0])), order="C")]


def check_types(inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
    """The one type of all tensors. Raises ValueError where there are several."""
    types = {present(t, "an input").dtype for t in [*inputs, *outputs]}
    if len(types) != 1:
        raise ValueError(f"all tensors must have the same type, found {sorted(types)}")
    return types.pop()
