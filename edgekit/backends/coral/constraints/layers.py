"""Rules about convolutions, pools, fully connected layers and softmax."""

from __future__ import annotations

from math import prod

from edgekit.backends._contract import constraint
from edgekit.backends.coral.options import Options
from edgekit.graph import Graph, Node

SOFTMAX_LIMIT = 16000


@constraint("conv_2d", "depthwise_conv_2d", fix="Use equal dilations.")
def equal_dilations(graph: Graph, node: Node, options: Options) -> str | None:
    """The dilation must be the same in x and y."""
    vertical, horizontal = getattr(node.op, "dilation", (1, 1))
    return None if vertical == horizontal else f"{horizontal} in x and {vertical} in y"


@constraint("depthwise_conv_2d", fix="Remove the dilation or raise [target.coral] min_runtime_version to 13.")
def no_old_dilated_depthwise(graph: Graph, node: Node, options: Options) -> str | None:
    """Runtimes up to 12 have no dilated depthwise kernels."""
    dilation = getattr(node.op, "dilation", (1, 1))
    return f"dilation {dilation} for runtime {options.runtime}" if options.runtime <= 12 and max(dilation) > 1 else None


@constraint("average_pool_2d", "max_pool_2d", fix="Put the activation into an operator of its own after it.")
def no_fused_activation(graph: Graph, node: Node, options: Options) -> str | None:
    """There must be no fused activation."""
    activation = getattr(node.op, "activation", "none")
    return None if activation == "none" else str(activation)


@constraint("fully_connected", fix="Use a batch of 1; a 1 x 1 convolution serves several rows.")
def one_dimensional_output(graph: Graph, node: Node, options: Options) -> str | None:
    """The output must be one-dimensional: all dimensions but the innermost are 1."""
    shape = graph.tensors[node.outputs[0]].shape
    return None if prod(shape[:-1]) == 1 else f"shape {shape}"


@constraint("softmax", fix="Run softmax on the host, or over fewer classes.")
def small_softmax(graph: Graph, node: Node, options: Options) -> str | None:
    """The input must be one-dimensional (all dimensions but the innermost are 1) with at most 16,000 elements."""
    shape = graph.tensors[str(node.inputs[0])].shape
    fits = prod(shape[:-1]) == 1 and prod(shape) <= SOFTMAX_LIMIT
    return None if fits else f"shape {shape}"


@constraint("prelu", fix="Share alpha over height and width (Keras: shared_axes=[1, 2]).")
def one_dimensional_alpha(graph: Graph, node: Node, options: Options) -> str | None:
    """Alpha must be one-dimensional: all dimensions but the innermost are 1."""
    shape = graph.tensors[str(node.inputs[1])].shape
    return None if prod(shape[:-1]) == 1 else f"alpha of shape {shape}"
