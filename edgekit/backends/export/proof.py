"""Proof that an exported ONNX file is the network it was made of: two programs that share no code, layer by layer.

On one side the simulator computes the float graph that the build had before it was written as ONNX; on the other ONNX
Runtime computes the file, unfused. Layouts, pads, constants and the order of axes, which an export can get wrong, are
in the file only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgekit import layerwise
from edgekit.backends import _onnx_layers as layers
from edgekit.backends._contract import Array
from edgekit.errors import ToolError, VerificationError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.export.onnx.writer import NCHW, TO_NHWC
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.verification import Verification

WHERE = "the exported file"


def verify(graph: Graph, data: bytes, opset: int, inputs: Mapping[str, Array]) -> Verification:
    """The file `data` against the float `graph`; every layer gets what ONNX Runtime computed before it.

    Args:
        inputs: real values by name, N samples on axis 0.

    Raises:
        VerificationError: ONNX Runtime refuses the file, or a layer of the graph is not in it.
    """
    simulator, places = Simulator(graph), onnx.places(graph, Style(opset=opset))
    arrays, count = simulator.prepare_inputs(inputs)
    wanted = layerwise.samples(graph, {**arrays, **simulator.run(arrays, layers=True)}, count)
    exposed = _exposed(data, [place.real for place in places.values()])
    try:
        found = layers.run_all(exposed, [{n: sample[n] for n in graph.inputs} for sample in wanted])
    except ToolError as error:  # to be unable to run what was exported is no NOT RUN
        raise VerificationError(WHERE, error.what, "build it again") from error
    compared = []
    for node in graph.nodes:
        for name in node.outputs:
            place, given = places[name], [sample[name] for sample in wanted]
            made = [_natural(one[place.real], place.layout) for one in found]
            high = max(float(np.abs(one).max(initial=0)) for one in given)
            bound = layers.REAL_BOUND * max(high, 1e-6)
            compared.append(layerwise.difference(graph, node, name, made, given, bound))
    return Verification("onnxruntime", layers.vehicle(), "float32", count, tuple(compared))


def _natural(array: Array, layout: str) -> Array:
    return array.transpose(TO_NHWC) if layout == NCHW else array


def _exposed(data: bytes, names: list[str]) -> bytes:
    """The file with more outputs. Raises VerificationError where it does not compute one of `names`."""
    import onnx as package

    model = package.load_from_string(data)
    computed = {name for node in model.graph.node for name in node.output}
    missing = [name for name in names if name not in computed]
    if missing:
        raise VerificationError(WHERE, f"does not compute {missing[0]!r}: it is another network", "build it again")
    there = {output.name for output in model.graph.output}
    model.graph.output.extend(package.ValueInfoProto(name=name) for name in dict.fromkeys(names) if name not in there)
    exposed: bytes = model.SerializeToString()
    return exposed
