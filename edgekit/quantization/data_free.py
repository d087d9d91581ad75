"""Calibration without data: made-up inputs, and what the batch norms of an ONNX file remember of the training data.

A batch norm's output has, over the training data, mean beta and deviation |gamma| per channel. Where a file still has
batch norms that no exporter folded away, the ranges of what they and the ReLU after them write are beta +- 6 |gamma|
(as in M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019), and they
decide which of the made-up inputs is most like the real ones. All other ranges are those that the made-up inputs give:
rectangles over each other and white noise for images ("dead leaves" have the edges and the large scales of natural
images; A. Lee et al., IJCV 2001), normal noise for everything else.

Without batch norms the inputs' own range is an assumption: 0..1 for images, deviation 1 for the rest. Real data are
better in every case, even a dozen samples without labels.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph
from edgekit.quantization.calibration import CalibrationWarning
from edgekit.quantization.draft import Draft
from edgekit.quantization.lowering import drafted
from edgekit.quantization.observe import Progress
from edgekit.quantization.statistics import statistics
from edgekit.recipe import QuantizeSection

Array = NDArray[Any]
Range = tuple[float, float]
DEVIATIONS = 6.0
LEAVES = 24  # rectangles per image
SAMPLES = 64
KINDS = {"images in 0..1": (1.0, 0.0), "images in -1..1": (2.0, -1.0), "images in 0..255": (255.0, 0.0)}
NORMAL = "normal noise"


def draft_without_data(
    graph: Graph, section: QuantizeSection, source: Path | None = None, progress: Progress | None = None
) -> Draft:
    """A draft whose samples are made up.

    Args:
        graph: float. source: the `.onnx` it was read from, for its batch norms.

    Warns with CalibrationWarning: always, with what was assumed.
    """
    norms = {n: r for n, r in batch_norm_ranges(source).items() if n in graph.tensors} if source is not None else {}
    best, kind = None, ""
    for name in KINDS if _images(graph) else (NORMAL,):
        samples = synthetic(graph, name, section.seed)
        distance = _distance(graph, samples, norms) if norms else 0.0
        if best is None or distance < best[0]:
            best, kind = (distance, samples), name
    assert best is not None
    known = f"{len(norms)} ranges from batch norms" if norms else "no batch norms to tell what they are really like"
    text = f"calibrated without data: inputs assumed to be {kind}, {known}; accuracy is lost, real samples are better"
    warnings.warn(f"{graph.name}: {text}", CalibrationWarning, stacklevel=2)
    draft = drafted(graph, best[1], section, progress)
    return replace(draft, ranges={**draft.ranges, **norms}, known=norms)


def synthetic(graph: Graph, kind: str, seed: int) -> dict[str, Array]:
    """Made-up samples by input name: of `KINDS`, or `NORMAL`."""
    rng = np.random.default_rng(seed)
    found = {}
    for name in graph.inputs:
        shape = graph.tensors[name].shape
        if kind == NORMAL:
            found[name] = rng.normal(0, 1, (SAMPLES * (shape[0] if shape else 1), *shape[1:])).astype(np.float32)
            continue
        factor, offset = KINDS[kind]
        images = np.stack([_leaves(rng, shape[1:]) for _ in range(SAMPLES * shape[0])])
        images[::4] = rng.uniform(0, 1, images[::4].shape)
        found[name] = (images * factor + offset).astype(np.float32)
    return found


def batch_norm_ranges(path: Path) -> dict[str, Range]:
    """By value name of an ONNX file, the range of every batch norm's output, and of the ReLU's or clip's after it."""
    import onnx
    from onnx import numpy_helper

    if path.suffix.lower() != ".onnx":
        return {}
    graph = onnx.load(path).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found: dict[str, Range] = {}
    for node in graph.node:
        if node.op_type == "BatchNormalization" and node.input[1] in constants and node.input[2] in constants:
            spread, centre = DEVIATIONS * np.abs(constants[node.input[1]]), constants[node.input[2]]
            found[node.output[0]] = float((centre - spread).min()), float((centre + spread).max())
        elif node.op_type in ("Relu", "Clip") and node.input[0] in found:
            low, high = found[node.input[0]]
            limits = [constants.get(name) for name in node.input[1:]]
            bottom = 0.0 if node.op_type == "Relu" else _limit(limits, 0, -np.inf)
            top = np.inf if node.op_type == "Relu" else _limit(limits, 1, np.inf)
            found[node.output[0]] = float(np.clip(low, bottom, top)), float(np.clip(high, bottom, top))
    return found


def _limit(limits: list[Array | None], index: int, default: float) -> float:
    value = limits[index] if index < len(limits) else None
    return default if value is None else float(value)


def _distance(graph: Graph, samples: Mapping[str, Array], norms: Mapping[str, Range]) -> float:
    """How far the made-up inputs' ranges are from those of the batch norms: mean |log of the ratio|."""
    seen = statistics(graph, {name: array[:16] for name, array in samples.items()})
    wanted = np.array([max(abs(low), abs(high), 1e-6) for low, high in norms.values()])
    found = np.array([max(float(seen[name].largest.max()), 1e-6) for name in norms])
    return float(np.abs(np.log(found / wanted)).mean())


def _images(graph: Graph) -> bool:
    shapes = [graph.tensors[name].shape for name in graph.inputs]
    return all(len(s) == 4 and min(s[1:3]) > 4 and s[3] in (1, 3, 4) for s in shapes)


def _leaves(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """(H, W, C) in 0..1: rectangles of one colour each, the later ones over the earlier."""
    image = np.empty(shape)
    image[:] = rng.uniform(0, 1, shape[-1]) * rng.integers(0, 2)
    for _ in range(LEAVES):
        size = np.maximum(1, (np.array(shape[:2]) * rng.beta(0.6, 1.6, 2)).astype(int))
        top, left = (int(rng.integers(0, s - e + 1)) for s, e in zip(shape[:2], size, strict=True))
        image[top : top + size[0], left : left + size[1]] = rng.uniform(0, 1, shape[-1])
    return image
