"""Resize of images, nearest or linear, where TensorFlow has the same sampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Operator
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor

SETTINGS = ((False, False), (False, True), (True, False))
"""(align_corners, half_pixel_centers) of TensorFlow's resize operators."""


def emit(importer: Importer, node: OnnxNode) -> None:
    x = importer.nhwc(node)
    shape = importer.shape(node.inputs[0])
    size, scales = _size(importer, node, shape)
    mode = node.attribute("mode", "nearest")
    if mode not in ("nearest", "linear"):
        raise node.unsupported(f"mode {mode!r:.20} is not supported, nearest and linear are")
    if node.attribute("antialias", 0) or node.attribute("exclude_outside", 0):
        raise node.unsupported("antialias and exclude_outside are not supported")
    wanted = [_sources(node, shape[2 + i], size[i], scales[i]) for i in range(2)]
    for align, half in SETTINGS:
        found = [_tensorflow(shape[2 + i], size[i], align, half, mode) for i in range(2)]
        if mode == "nearest":
            wanted_now = [_round(node, w) for w in wanted]
        else:
            wanted_now = [np.clip(w, 0, shape[2 + i] - 1) for i, w in enumerate(wanted)]
        limits = [np.clip(w, 0, shape[2 + i] - 1) for i, w in enumerate(wanted_now)]
        if all(np.allclose(a, b, rtol=0, atol=1e-5) for a, b in zip(limits, found, strict=True)):
            kind = ResizeNearestNeighbor if mode == "nearest" else ResizeBilinear
            op: Operator = kind(size=size, align_corners=align, half_pixel_centers=half)
            importer.bind_nchw(node, importer.emit(op, [x], node.outputs[0]))
            return
    text = node.attribute("coordinate_transformation_mode", "half_pixel")
    raise node.unsupported(f"{mode} sampling with {text!r:.40} at these sizes has no equal in TensorFlow Lite",
                           "use nearest with an integer factor, or linear")  # fmt: skip


def _size(importer: Importer, node: OnnxNode, shape: tuple[int, ...]) -> tuple[tuple[int, int], tuple[float, float]]:
    scales = importer.constant(node, 2 if node.op == "Resize" else 1, "the scales")
    sizes = importer.integers(node, 3, "the sizes")
    axes = [a % 4 for a in node.integers("axes", [0, 1, 2, 3])]
    given = scales.astype(np.float64).reshape(-1) if scales is not None and scales.size else None
    count = len(axes)
    node.require((given is None) != (sizes is None) and len(given if given is not None else sizes or []) == count,
                 "needs either scales or sizes, one per axis")  # fmt: skip
    if node.attribute("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise node.unsupported("keep_aspect_ratio_policy is not supported")
    full_scale, full = [1.0] * 4, list(shape)
    for i, axis in enumerate(axes):
        if given is not None:
            node.require(bool(np.isfinite(given[i]) and 0 < given[i] < 1 << 12), "scales must be positive and small")
            full_scale[axis], full[axis] = float(given[i]), int(np.floor(shape[axis] * given[i]))
        elif sizes is not None:
            node.require(0 < sizes[i] < 1 << 16, "sizes must be positive and small", sizes)
            full_scale[axis], full[axis] = sizes[i] / shape[axis], sizes[i]
    node.require(min(full) > 0, "the output must not be empty", full)
    if full[:2] != list(shape[:2]):
        raise node.unsupported("only height and width can be resized")
    return (full[2], full[3]), (full_scale[2], full_scale[3])


def _sources(node: OnnxNode, length: int, size: int, scale: float) -> NDArray[np.float64]:
    """Source coordinate of each output position along one axis, by ONNX's definition."""
    out = np.arange(size, dtype=np.float64)
    kind = "asymmetric" if node.op == "Upsample" else node.attribute("coordinate_transformation_mode", "half_pixel")
    if kind == "asymmetric":
        return out / scale
    if kind == "half_pixel" or (kind == "pytorch_half_pixel" and size > 1):
        return (out + 0.5) / scale - 0.5
    if kind == "half_pixel_symmetric":
        adjustment = size / (scale * length)
        return length / 2 * (1 - adjustment) + (out + 0.5) / scale - 0.5
    if kind == "align_corners":
        return out * (length - 1) / (size - 1) if size > 1 else out * 0
    if kind == "pytorch_half_pixel":
        return out * 0
    raise node.unsupported(f"coordinates {kind!r:.40} are not supported")


def _round(node: OnnxNode, x: NDArray[np.float64]) -> NDArray[np.float64]:
    kind = "floor" if node.op == "Upsample" else node.attribute("nearest_mode", "round_prefer_floor")
    x = np.round(x, 9)
    rounded: dict[str, NDArray[np.float64]] = {
        "floor": np.floor(x), "ceil": np.ceil(x),
        "round_prefer_floor": np.ceil(x - 0.5), "round_prefer_ceil": np.floor(x + 0.5),
    }  # fmt: skip
    if kind not in rounded:
        raise node.unsupported(f"nearest_mode {kind!r:.40} is unknown")
    return rounded[kind]


def _tensorflow(length: int, size: int, align: bool, half: bool, mode: str) -> NDArray[np.float64]:
    """Source coordinate of each output position along one axis, by TensorFlow Lite's kernels."""
    out = np.arange(size, dtype=np.float64)
    scale = (length - 1) / (size - 1) if align and size > 1 else length / size
    if mode == "nearest":
        x = (out + 0.5 * half) * scale
        x = np.floor(x + 0.5) if align else np.floor(np.round(x, 9))
    else:
        x = (out + 0.5) * scale - 0.5 if half else out * scale
    return np.clip(x, 0, length - 1)
