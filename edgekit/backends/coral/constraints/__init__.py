"""The Edge TPU's documented rules, one function each; the docstring is the message and the line in the table.

Source of all: coral.ai, "TensorFlow models on the Edge TPU", model requirements and supported operations. That tensor
sizes must be constant at compile time, that a concatenation has no fused activation and a strided slice neither
ellipsis nor new axes needs no rule here: no graph says otherwise.
"""

from __future__ import annotations

from edgekit.graph import Graph, Node


def axes_found(graph: Graph, node: Node) -> tuple[int, tuple[int, ...]]:
    """Rank of the first input, and the operator's `axes` or `axis` counted from the front."""
    rank = len(graph.tensors[str(node.inputs[0])].shape)
    axes = getattr(node.op, "axes", None)
    if axes is None:
        axes = (node.op.axis,)  # type: ignore[attr-defined]
    return rank, tuple(axis % rank if rank else 0 for axis in axes)


def has_batch(rank: int) -> bool:
    """Whether axis 0 is a batch: true for all but vectors and scalars."""
    return rank > 1
