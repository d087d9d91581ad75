"""Which inputs and outputs are images, and therefore NHWC in the graph."""

from __future__ import annotations

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
    """Names of the 4-D inputs, but those that the network itself transposes before any image operator sees them."""
    readers: dict[str, list[OnnxNode]] = {}
    for node in nodes:
        for name in node.inputs[:1] if node.op in IMAGE_OPERATORS else node.inputs:
            readers.setdefault(name, []).append(node)
    candidates = [p.name for p in model.graph.input if len(p.type.tensor_type.shape.dim) == 4]
    return {name for name in candidates if _is_image(name, readers)}


def nhwc_outputs(inputs: set[str], nodes: list[OnnxNode]) -> set[str]:
    """Names of all values that come from images (`inputs`) or image operators without a change of layout in between."""
    images = set(inputs)
    for node in nodes:
        from_image = node.op not in FIXED and any(name in images for name in node.inputs)
        if node.op in IMAGE_OPERATORS or from_image:
            images.update(node.outputs)
    return images


def _is_image(name: str, readers: dict[str, list[OnnxNode]]) -> bool:
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
    return not turned
