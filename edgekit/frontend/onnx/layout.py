"""Which inputs and outputs are images, and therefore NHWC in the graph, or signals, and therefore (N, L, C)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edgekit.frontend.onnx.node import OnnxNode

IMAGE_OPERATORS = frozenset(
    [
        "Conv",
        "ConvTranspose",
        "QLinearConv",
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "QLinearGlobalAveragePool",
        "QLinearAveragePool",
        "BatchNormalization",
        "Resize",
        "Upsample",
    ]
)
"""Operators that fix the layout of their first input and of their output."""

FIXED = frozenset(
    [
        "Transpose",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Gemm",
        "MatMul",
        "QLinearMatMul",
        "QGemm",
        "Shape",
        "Gather",
    ]
)
"""Operators after which, or before which, an axis may mean something else: the search ends there."""


def nhwc_inputs(model: Any, nodes: list[OnnxNode]) -> set[str]:
    """Names of the 4-D inputs, but those that the network itself transposes before any image operator sees them, and of
    the 3-D ones that an image operator sees."""
    readers: dict[str, list[OnnxNode]] = {}
    for node in nodes:
        for name in node.inputs[:1] if node.op in IMAGE_OPERATORS else node.inputs:
            readers.setdefault(name, []).append(node)
    ranks = {p.name: len(p.type.tensor_type.shape.dim) for p in model.graph.input}
    return {name for name, rank in ranks.items() if rank in (3, 4) and _is_image(name, readers, unseen=rank == 4)}


def nhwc_outputs(inputs: set[str], nodes: list[OnnxNode], rank: Callable[[str], int]) -> set[str]:
    """Names of all values that come from images (`inputs`) or image operators without a change of layout in between,
    such as one of their rank."""
    images = set(inputs)
    for node in nodes:
        ranks = {rank(name) for name in node.inputs if name in images} if node.op not in FIXED else set()
        fixes = node.op in IMAGE_OPERATORS
        images.update(name for name in node.outputs if name and (fixes or rank(name) in ranks))
    return images


def _is_image(name: str, readers: dict[str, list[OnnxNode]], unseen: bool) -> bool:
    """`unseen`: the answer where neither an image operator nor a transpose sees it."""
    seen, queue, turned = {name}, [name], False
    while queue:
        for node in readers.get(queue.pop(), []):
            if node.op in IMAGE_OPERATORS:
                return True
            turned |= node.op == "Transpose"
            if node.op not in FIXED:
                fresh = [n for n in node.outputs if n not in seen]
                seen.update(fresh)
                queue.extend(fresh)
    return unseen and not turned
