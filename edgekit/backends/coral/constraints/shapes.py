"""Rules about reductions and operators that move data."""

from __future__ import annotations

from math import prod

import numpy as np

from edgekit.backends._contract import constraint
from edgekit.backends.coral.constraints import axes_found, has_batch
from edgekit.backends.coral.options import Options
from edgekit.graph import Graph, Node

LARGE = 1 << 20  # elements; the documentation gives no number for "large"
REDUCTIONS = ("mean", "sum", "reduce_max", "reduce_min")


@constraint(*REDUCTIONS, "split", fix="Leave axis 0 alone.")
def not_the_batch(graph: Graph, node: Node, options: Options) -> str | None:
    """It must not work along the batch dimension."""
    rank, axes = axes_found(graph, node)
    return f"axes {axes}" if has_batch(rank) and 0 in axes else None


@constraint("mean", fix="Use a multiple of 4 channels, or average over height and width only.")
def mean_over_channels(graph: Graph, node: Node, options: Options) -> str | None:
    """A mean over channels needs a multiple of 4 of them; runtimes up to 12 average over x and y only."""
    rank, axes = axes_found(graph, node)
    channels = graph.tensors[str(node.inputs[0])].shape[-1] if rank else 1
    if rank - 1 not in axes or not has_batch(rank):
        return None
    if options.runtime <= 12:
        return f"axes {axes} for runtime {options.runtime}"
    return f"{channels} channels" if channels % 4 else None


@constraint("pad", fix="Pad height, width or channels.")
def no_batch_padding(graph: Graph, node: Node, options: Options) -> str | None:
    """The batch dimension must not be padded; runtimes up to 12 pad x and y only."""
    paddings = [tuple(p) for p in node.op.paddings]  # type: ignore[attr-defined]
    if not has_batch(len(paddings)):
        return None
    if any(paddings[0]):
        return f"{paddings[0]} in the batch dimension"
    return f"{paddings[-1]} channels for runtime {options.runtime}" if options.runtime <= 12 and any(
        paddings[-1]
    ) else None  # fmt: skip


@constraint("concatenation", fix="Fold the constant into another layer, or pad with zeros.")
def constants_are_zero_padding(graph: Graph, node: Node, options: Options) -> str | None:
    """With a constant input there must be 2 inputs, and the constant must be all zeros."""
    inputs = [graph.tensors[n] for n in node.inputs if n is not None]
    constants = [t for t in inputs if t.data is not None]
    if not constants:
        return None
    if len(inputs) != 2:
        return f"{len(inputs)} inputs, {len(constants)} of them constant"
    for tensor in constants:
        zero = 0 if tensor.quantization is None else tensor.zero_point
        if np.any(np.asarray(tensor.data) != zero):
            return f"the constant {tensor.name}, which is not zero everywhere"
    return None


@constraint("strided_slice", fix="Slice with stride 1; a strided pool or convolution can drop samples.")
def unit_strides(graph: Graph, node: Node, options: Options) -> str | None:
    """All strides must be 1."""
    strides = tuple(node.op.strides)  # type: ignore[attr-defined]
    return None if all(stride == 1 for stride in strides) else f"strides {strides}"


@constraint("resize_bilinear", "resize_nearest_neighbor", fix="Use a batch of 1.")
def three_dimensional_images(graph: Graph, node: Node, options: Options) -> str | None:
    """Input and output must be three-dimensional: height, width and channels, batch 1."""
    shapes = [graph.tensors[str(name)].shape for name in (node.inputs[0], node.outputs[0])]
    bad = [shape for shape in shapes if prod(shape[:-3]) != 1]
    return f"shape {bad[0]}" if bad else None


@constraint("resize_bilinear", "resize_nearest_neighbor", advisory=True)
def large_resize(graph: Graph, node: Node, options: Options) -> str | None:
    """Depending on the sizes it may not be mapped, to avoid loss of precision: only the compiler can tell."""
    return f"{graph.tensors[str(node.inputs[0])].shape} to {graph.tensors[node.outputs[0]].shape}"


@constraint("reshape", advisory=True)
def large_reshape(graph: Graph, node: Node, options: Options) -> str | None:
    """Certain reshapes of large tensors may not be mapped: only the compiler can tell."""
    tensor = graph.tensors[node.outputs[0]]
    return f"{tensor.elements} elements" if tensor.elements > LARGE else None
