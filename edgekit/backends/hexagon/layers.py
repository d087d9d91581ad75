"""Layer by layer on the HTP, each on the simulator's own integers, and the context binary as a whole."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edgekit import layerwise
from edgekit.backends._contract import Array
from edgekit.backends.hexagon import htp
from edgekit.backends.hexagon.options import Options
from edgekit.errors import InputError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.frontend import tflite
from edgekit.graph import Graph, Node
from edgekit.verification import Verification

MODEL, SOURCE, CONTEXT, SETTINGS = "model.tflite", "model.onnx", "model_ctx.onnx", "hexagon.json"
STYLE = Style(own_activations=True)
BOUND = 1.0
BOUNDS = {"resize_bilinear": 3.0}  # steps of the output; the simulator interpolates with 10 bits of fraction


def vehicle(options: Options) -> str:
    return f"onnxruntime-qnn {htp.version()} HTP simulator on the host (soc_model {options.soc_model})"


def opened(folder: Path) -> tuple[Graph, Options]:
    """Raises InputError when the folder holds no such build."""
    try:
        options = Options.model_validate(json.loads((folder / SETTINGS).read_text("utf-8")))
        if not (folder / CONTEXT).is_file():
            raise OSError(f"no {CONTEXT}")
    except (OSError, ValueError) as error:
        fix = "build it with `edgekit build --target hexagon`"
        raise InputError(str(folder), f"holds no Hexagon build: {error}", fix) from error
    return tflite.load(folder / MODEL), options


def bound_of(graph: Graph, node: Node) -> float:
    """The largest difference from the simulator that this layer may have, in steps of its output."""
    return BOUNDS.get(node.op.name, BOUND)


def verify(folder: Path, inputs: Mapping[str, Array]) -> Verification:
    """Raises InputError, ToolError."""
    from edgekit.reference import Simulator

    graph, options = opened(folder)
    simulator = Simulator(graph)
    arrays, count = simulator.prepare_inputs(inputs)
    samples = layerwise.samples(graph, {**arrays, **simulator.run(arrays, layers=True)}, count)
    cut, given = layerwise.apart(graph)
    with tempfile.TemporaryDirectory(prefix="edgekit-htp-") as scratch:
        onnx.save(cut, Path(scratch) / "layers.onnx", STYLE)
        fed = [{own: s[name] for own, name in given.items()} for s in samples]
        found = htp.run_all(Path(scratch) / "layers.onnx", fed, options)
    layers = tuple(
        layerwise.difference(graph, node, n, [f[n] for f in found], [s[n] for s in samples], bound_of(graph, node))
        for node in graph.nodes
        for n in node.outputs
    )
    whole = htp.run_all(folder / CONTEXT, [{n: s[n] for n in graph.inputs} for s in samples], options)
    producers = graph.producers()
    outputs = tuple(
        layerwise.difference(graph, producers[n], n, [w[n] for w in whole], [s[n] for s in samples], 0)
        for n in graph.outputs
    )
    return Verification("hexagon", vehicle(options), graph.arithmetic, count, layers, outputs)
