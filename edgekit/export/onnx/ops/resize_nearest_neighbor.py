"""Resize, nearest: TensorFlow rounds down where the corners are not aligned, else half up."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import resize
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, ResizeNearestNeighbor)
    plain = not (node.op.align_corners or node.op.half_pixel_centers)
    resize(writer, node, "nearest", nearest_mode="floor" if plain else "round_prefer_ceil")
