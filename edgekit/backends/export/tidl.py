"""What TI's C7x and MMA compute, for the target tidl; TIDL leaves every other layer to the device's Arm core.

Read in edgekit's words from TI's list: github.com/TexasInstruments/edgeai-tidl-tools, docs/operators.md, table TFLite
(TensorFlow 2.12). Rules about single chips (AM62A, AM67A) are on the page docs/exports/tidl.md, not here.
"""

from __future__ import annotations

from math import prod

from edgekit.backends._contract import constraint
from edgekit.backends.export.options import Options
from edgekit.graph import Graph, Node

CONVOLUTIONS = ("conv_2d", "depthwise_conv_2d")
DEPTHWISE = {((1, 3), 1), ((3, 1), 1), *(((size, size), stride) for size in (3, 5, 7) for stride in (1, 2))}
TRANSPOSED = {(2, 2), (3, 3), (4, 4)}
PLANE = 1024  # elements that a global average may have per channel
FIX = "Change the layer, or set `host_layers` in [target.tidl]: it then stays on the Arm core."


def _asked(options: Options) -> bool:
    return options.rules == "tidl" and not options.host_layers


def _window(graph: Graph, node: Node) -> tuple[int, int]:
    shape = graph.tensors[str(node.inputs[1])].shape
    return shape[1], shape[2]


@constraint(*CONVOLUTIONS, fix=FIX)
def equal_strides(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: the stride must be the same in both directions."""
    vertical, horizontal = getattr(node.op, "stride", (1, 1))
    return f"{vertical} and {horizontal}" if _asked(options) and vertical != horizontal else None


@constraint("conv_2d", fix=FIX)
def small_window_of_stride_2(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: with stride 2 a window has at most 7 taps a side; stride 4 is for 11 x 11 windows only."""
    stride, window = max(getattr(node.op, "stride", (1, 1))), _window(graph, node)
    wrong = (stride == 2 and max(window) > 7) or (stride == 4 and window != (11, 11))
    return f"{window[0]} x {window[1]} with stride {stride}" if _asked(options) and wrong else None


@constraint("depthwise_conv_2d", fix=FIX)
def depthwise_windows(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: a depthwise window is 3 x 3, 5 x 5 or 7 x 7 with stride 1 or 2, or 1 x 3 with stride 1."""
    stride, window = max(getattr(node.op, "stride", (1, 1))), _window(graph, node)
    known = (window, stride) in DEPTHWISE
    return f"{window[0]} x {window[1]} with stride {stride}" if _asked(options) and not known else None


@constraint("transpose_conv", fix=FIX)
def transposed_windows(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: a transposed convolution has a window of 2 x 2, 3 x 3 or 4 x 4 and stride 2 in both directions."""
    stride, window = getattr(node.op, "stride", (1, 1)), _window(graph, node)
    known = window in TRANSPOSED and stride == (2, 2)
    return f"{window[0]} x {window[1]} with stride {stride}" if _asked(options) and not known else None


@constraint("mean", fix=FIX)
def small_global_average(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: an average over height and width has at most 1024 elements a channel."""
    x = graph.node_inputs(node)[0]
    plane = prod(x.shape[axis] for axis in getattr(node.op, "axes", ())) if x is not None else 0
    return f"{plane}" if _asked(options) and plane > PLANE else None


@constraint("concatenation", fix=FIX)
def no_joined_batches(graph: Graph, node: Node, options: Options) -> str | None:
    """TIDL: tensors are not joined along the batch."""
    return "axis 0" if _asked(options) and getattr(node.op, "axis", 1) == 0 else None
