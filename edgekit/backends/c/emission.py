"""From a graph to calls of kernels: one emitter per operator, found by file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from edgekit import plugins
from edgekit.backends.c import choice, forms
from edgekit.backends.c.budget import budget
from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.choice import Optimize
from edgekit.backends.c.moves import whole_copy
from edgekit.backends.c.trim import trimmed
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.reference import Simulator

ARITHMETIC = "tflm"
INT8, INT16 = ("int8",), ("int16",)
PRODUCTS = (Conv2D, DepthwiseConv2D, FullyConnected, TransposeConv)
WEIGHTS, BIAS = 1, 2  # inputs of products; a bias is int32, or int64 beside int16 activations


@dataclass(frozen=True)
class Tile:
    """`in_rows` rows of a layer's inputs to `out_rows` of its output, with `pad` rows missing above them.

    `left`: columns missing on the left, where they do not follow from the shapes.
    """

    in_rows: int
    out_rows: int
    pad: int
    left: int | None = None

    def of(self, layer: Layer) -> Layer:
        """The layer as it would be with so many rows."""

        def cut(t: Tensor | None, rows: int) -> Tensor | None:
            return t if t is None or t.is_constant else t.with_(shape=(t.shape[0], rows, *t.shape[2:]))

        outputs = [t.with_(shape=(t.shape[0], self.out_rows, *t.shape[2:])) for t in layer.outputs]
        return replace(layer, inputs=[cut(t, self.in_rows) for t in layer.inputs], outputs=outputs)

    def padded(self, call: Call | Alias) -> Call | Alias:
        """Which edges a tile has does not follow from its shapes."""
        if isinstance(call, Alias) or "pad_top" not in call.fields:
            return call
        left = call.fields["pad_left"] if self.left is None else self.left
        return replace(call, fields={**call.fields, "pad_top": self.pad, "pad_left": left})


def supports(operator: str) -> bool:
    """Whether there is an emitter."""
    return operator in plugins.names("edgekit.backends.c.emit")


def calls_of(
    graph: Graph, core: str, optimize: Optimize = "speed", flash_limit: int | None = None
) -> list[Call | Alias]:
    """One call per node, chosen for the objective. `flash_limit`: bytes of the kernels' code and all constants.

    Raises:
        UnsupportedError: names the first layer that has no kernel for its operator, types or parameters, with the
            simulator's rules among them: what it refuses has no integers to be equal to.
    """
    if graph.arithmetic != ARITHMETIC:
        raise UnsupportedError(graph.name, f"the C kernels compute the arithmetic {ARITHMETIC}, not {graph.arithmetic}")
    for name in graph.outputs:
        if graph.tensors[name].is_constant:
            raise UnsupportedError(graph.name, f"its output {name} is a constant", "remove that output")
    Simulator(graph)
    return choice.choose([candidates_of(graph, node, core) for node in graph.nodes], core, optimize, flash_limit)


def call_of(graph: Graph, node: Node, core: str, tile: Tile | None = None) -> Call | Alias:
    """The fastest call of one node, or of a tile of it. Raises UnsupportedError."""
    return choice.fastest(candidates_of(graph, node, core, tile), core)


def candidates_of(graph: Graph, node: Node, core: str, tile: Tile | None = None) -> list[Call | Alias]:
    """All calls that compute one node, or a tile of it, the portable one last. Raises UnsupportedError."""
    where = f"layer {node.name} ({node.op.name})"
    layer = Layer(node.op, graph.node_inputs(node), graph.node_outputs(node), core)
    layer = layer if tile is None else tile.of(layer)
    emitter, types = emitter_of(layer)
    if emitter is None:
        raise UnsupportedError(where, "has no C kernel", "edgekit targets --operators")
    for tensor in _typed(layer):
        if tensor.dtype not in types:
            what = f"has C kernels for {', '.join(types)}, {tensor.name} is {tensor.dtype}"
            raise UnsupportedError(where, what, "quantize the model to int8")
    try:
        call = emitter.emit(layer)
    except ValueError as error:
        raise UnsupportedError(where, str(error)) from error
    if isinstance(call, Alias) and layer.input(call.input).is_constant:
        return [replace(whole_copy(layer.outputs[0].bytes), inputs=(call.input,))]
    if tile is not None:  # all tiles of a layer share its weights
        call = tile.padded(call)
    elif isinstance(call, Call):
        layer, call = trimmed(layer, call)
    most = budget(layer)
    return [replace(c, budget=most) if isinstance(c, Call) else c for c in forms.candidates(layer, call)]


def emitter_of(layer: Layer) -> tuple[ModuleType | None, Sequence[str]]:
    """The emitter, and the types that it takes: of `emit_s16` where int16 is among them and it has one."""
    name = layer.op.name
    if any(t is not None and t.dtype == "int16" for t in (*layer.inputs[:1], *layer.outputs)):
        wide = plugins.module("edgekit.backends.c.emit_s16", name)
        if wide is not None:
            return wide, getattr(wide, "TYPES", INT16)
    module = plugins.module("edgekit.backends.c.emit", name)
    return module, getattr(module, "TYPES", INT8)


def _typed(layer: Layer) -> list[Tensor]:
    """The tensors that the operator's types are about: all but the bias, and 16x8 weights."""
    wide = layer.outputs[0].dtype == "int16"
    free = (("int8", WEIGHTS), ("int64", BIAS)) if wide and isinstance(layer.op, PRODUCTS) else (("int32", BIAS),)
    given = [t for i, t in enumerate(layer.inputs) if t is not None and (t.dtype, i) not in free]
    return [*given, *layer.outputs]
