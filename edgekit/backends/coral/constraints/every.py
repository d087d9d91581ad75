"""Rules about every operator."""

from __future__ import annotations

from math import prod

from edgekit.backends._contract import constraint
from edgekit.backends.coral.operators import RUNTIME_OF
from edgekit.backends.coral.options import Options
from edgekit.graph import Graph, Node

WEIGHTED = ("conv_2d", "depthwise_conv_2d", "fully_connected", "transpose_conv")


@constraint(
    fix="Replace the operator, or list it in [target.coral] cpu to leave it, and all that follows, on the device's CPU."
)
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """The operator must be one that the Edge TPU supports."""
    return None if node.op.name in RUNTIME_OF else node.op.name


@constraint(fix="Raise [target.coral] min_runtime_version, or replace the operator.")
def known_to_the_runtime(graph: Graph, node: Node, options: Options) -> str | None:
    """The operator must exist in the oldest Edge TPU runtime asked for (min_runtime_version)."""
    needed = RUNTIME_OF.get(node.op.name, 0)
    return f"runtime {options.runtime}, {node.op.name} needs {needed}" if needed > options.runtime else None


@constraint(
    quantized=True,
    fix="Quantize it fully: int8 activations, input_dtype and output_dtype int8. See also [target.coral] cpu.",
)
def fully_quantized(graph: Graph, node: Node, options: Options) -> str | None:
    """Activations and weights must be 8-bit integers with quantization parameters, biases 32-bit integers."""
    for name in (*node.inputs, *node.outputs):
        if name is None:
            continue
        tensor = graph.tensors[name]
        bias = tensor.is_constant and tensor.dtype == "int32"
        if not bias and (tensor.dtype not in ("int8", "uint8") or tensor.quantization is None):
            return f"{name} of {tensor.dtype}" + ("" if tensor.quantization else " without scale")
    return None


@constraint(fix="Use a batch of 1 and at most height, width and channels.")
def three_dimensions(graph: Graph, node: Node, options: Options) -> str | None:
    """Tensors have at most 3 dimensions, or more where only the 3 innermost are larger than 1."""
    weights = node.inputs[1:] if node.op.name in WEIGHTED else ()
    for name in (*node.inputs, *node.outputs):
        if name is not None and name not in weights and prod(graph.tensors[name].shape[:-3]) != 1:
            return f"{name} of shape {graph.tensors[name].shape}"
    return None


@constraint(*WEIGHTED, fix="Export the model with its weights as constants.")
def constant_parameters(graph: Graph, node: Node, options: Options) -> str | None:
    """Weights and biases must be constant at compile time."""
    moving = [n for n in node.inputs[1:] if n is not None and not graph.tensors[n].is_constant]
    return f"{moving[0]} computed at run time" if moving else None
