"""Phase-change-memory crossbars, simulated with published statistics: conductances, tiles, accuracy over time.

No such chip is in any shop: what is built is the map of conductances and tiles, and what is run is a simulation of
programmed chips. `docs/analog.md` says what is in the model and what is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from edgekit import __version__, plugins, verification
from edgekit.backends._contract import (
    Array,
    Artifact,
    Described,
    Rejection,
    Run,
    Samples,
    constraint,
    rejections,
    without_port,
)
from edgekit.backends._onnx_layers import real
from edgekit.backends._real import real_form
from edgekit.backends._rules import require_accepted
from edgekit.backends.analog_pcm import accuracy, artifact, mapping
from edgekit.backends.analog_pcm.artifact import FLOATS, MAP, MODEL, TILES
from edgekit.backends.analog_pcm.calibration import calibrated
from edgekit.backends.analog_pcm.chip import Chip, ideal
from edgekit.backends.analog_pcm.network import Network
from edgekit.backends.analog_pcm.options import Options, options_of
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node
from edgekit.reference import Simulator
from edgekit.target import Target
from edgekit.verification import LayerDifference, Verification

__all__ = [
    "CONSTRAINTS", "DATA", "FLOAT", "TIMED", "Options", "bench", "check", "compile", "described", "remark", "run",
    "supports", "verify", "versions",
]  # fmt: skip

FLOAT = DATA = TIMED = True
BOUND = 1e-5  # of a layer's largest value: float32 conductances and sums, nothing else, with noise and converters off


def supports(operator: str) -> bool:
    module = plugins.module("edgekit.reference.ops", operator)
    return hasattr(module, "prepare_float")


def remark(operator: str) -> str:
    if operator in mapping.DENSE:
        return "crossbar"
    return "digital, crossbar by option" if operator == mapping.DEPTHWISE else "digital"


@constraint(fix="Replace the operator, or give its file in edgekit/reference/ops a float form.")
def digital_form(graph: Graph, node: Node, options: Options) -> str | None:
    """What is not on crossbars is computed digitally in float32: the simulator must have that form of the operator."""
    ours = supports(node.op.name) or node.op.name in ("quantize", "dequantize")
    return None if ours else node.op.name


@constraint(
    *mapping.DENSE, mapping.DEPTHWISE,
    fix="Fold it into a constant, or name the layer in `digital` of [target.analog-pcm].",
)  # fmt: skip
def constant_weights(graph: Graph, node: Node, options: Options) -> str | None:
    """Weights must be constant: a crossbar is programmed once, in minutes, and then only read."""
    name = str(node.inputs[1])
    return None if graph.tensors[name].is_constant or node.name in options.digital else f"{name}, which is computed"


@constraint(mapping.DEPTHWISE, fix="Use larger tiles, or leave `depthwise` at digital.")
def window_in_a_tile(graph: Graph, node: Node, options: Options) -> str | None:
    """On crossbars (`depthwise = "crossbar"`) a channel's window and its outputs must fit into one tile."""
    x, weights = graph.node_inputs(node)[:2]
    if options.depthwise == "digital" or node.name in options.digital or x is None or weights is None:
        return None
    window, multiplier = weights.shape[1] * weights.shape[2], weights.shape[3] // x.shape[3]
    fits = mapping.channels_per_tile(window, multiplier, options)
    return None if fits else f"{window} inputs and {multiplier} outputs per channel"


CONSTRAINTS = (digital_form, constant_weights, window_in_a_tile)


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every layer that can be neither on a crossbar nor digital. Raises InputError for unknown options."""
    return rejections(graph, CONSTRAINTS, options_of(target))


def compile(
    graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None, floating: Graph | None = None,
    data: Samples | None = None,
) -> Artifact:  # fmt: skip
    """Write conductances and tiles, and measure the accuracy of simulated chips over time.

    Args:
        floating: the float graph; without, the real form of `graph`, whose weights are rounded to int8 already.
        data: samples for the converters' full scales, and labelled ones to score by; without, the scales are from
            random inputs and nothing is scored.

    Raises:
        InputError: unknown options. UnsupportedError: rejected layers, or none for a crossbar. MachineError: the folder
        cannot be written.
    """
    from edgekit.frontend.tflite import save

    target = target.with_options(options or {})
    chosen = options_of(target)
    network = real_form(graph) if floating is None else floating
    require_accepted(graph, target, check(network, target))
    unknown = sorted(set(chosen.digital) - {node.name for node in network.nodes})
    if unknown:
        raise UnsupportedError(f"[target.{target.name}] digital", f"there is no layer {unknown[0]!r}",
                               "`edgekit analyze` lists the layers")  # fmt: skip
    layers = mapping.layers(network, chosen)
    if not layers:
        raise UnsupportedError(
            graph.name, "has no layer for a crossbar", "conv_2d and fully_connected are computed there"
        )
    given = data.calibration if data is not None else None
    inputs = real(graph, given) if given is not None else verification.random_inputs(network, 16)
    layers = calibrated(network, layers, inputs, chosen)
    save(graph, folder / MODEL)
    save(network, folder / FLOATS)
    artifact.save(folder, layers, chosen)
    score = accuracy.measure(network, layers, data, chosen)
    facts = artifact.described(layers, chosen)
    for row in facts["layers"]:  # the file has them one by one
        row["tiles"] = len(row["tiles"])
    shares = _shares(network, {layer.name for layer in layers})
    facts = {"analog": {**facts, **shares, "accuracy": score, "options": chosen.model_dump(mode="json")}}
    notes = ["on a chip: NOT RUN, none is attached; chips are simulated with published statistics of PCM devices",
             accuracy.sentence(score)]  # fmt: skip
    if shares["depthwise"]:
        notes.append(
            f"{shares['depthwise']} depthwise layers stay digital: on crossbars they would use under "
            f'{100 / min(chosen.tile_columns, 256):.1g} % of a tile (`depthwise = "crossbar"` puts them there)'
        )
    if given is None:
        notes.append("full scales of the converters are from random inputs: no calibration data")
    if floating is None:
        notes.append("made of an int8 model: its weights are rounded to int8 already; give the float model")
    return Artifact((MODEL, FLOATS, MAP, TILES), MODEL, None, facts, tuple(notes))


def _shares(graph: Graph, analog: set[str]) -> dict[str, Any]:
    """How much of the work is done where."""
    macs = {n.name: n.op.macs(graph.node_inputs(n), graph.node_outputs(n)) for n in graph.nodes}
    total = sum(macs.values())
    depthwise = [n for n in graph.nodes if n.op.name == mapping.DEPTHWISE and n.name not in analog]
    return {
        "macs_on_crossbars": sum(macs[name] for name in analog) / total if total else 0.0,
        "depthwise": len(depthwise),
        "digital": [n.name for n in graph.nodes if n.name not in analog],
    }


def run(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Run:
    """One simulated chip at one age (`chip` and `age` of [target.analog-pcm] when it was built); outputs in real units.

    Raises:
        InputError: no artifact in `folder`, or bad inputs. UsageError: a port is given.
    """
    without_port(port, "analog-pcm")
    graph, layers, options = artifact.load(folder)
    states = Chip(layers, options, options.chip).at(options.age)
    outputs = Network(graph, layers, options).run(_real_inputs(folder, inputs), states)
    note = (
        f"chip {options.chip}, {options.age:g} s after its first read, seed {options.seed}; on a real chip: NOT RUN, "
        "none is attached"
    )
    return Run(outputs, f"edgekit {__version__}, phase-change memory simulated on the host", False, note)


def verify(folder: Path, inputs: Mapping[str, Array], port: str | None = None) -> Verification:
    """The stored conductances as weights, without noise and converters, against the float network.

    Each layer on crossbars gets the float network's own input and must be within 1e-5 of its largest value. `whole` are
    the outputs with converters, still without noise: measured, not bounded. Raises as `run`.
    """
    without_port(port, "analog-pcm")
    graph, layers, options = artifact.load(folder)
    network, states = Network(graph, layers, options), ideal(layers, options)
    simulator = Simulator(graph)
    arrays, count = simulator.prepare_inputs(_real_inputs(folder, inputs))
    wanted = {**arrays, **simulator.run(arrays, layers=True)}
    compared = []
    for node in graph.nodes:
        if node.name in network.layers:
            found = network.layer(node, wanted[str(node.inputs[0])], states, converters=False)
            high = float(np.abs(wanted[node.name]).max(initial=0))
            compared.append(_difference(node, node.name, found, wanted[node.name], BOUND * max(high, 1e-6)))
    made, producers = network.run(arrays, states), graph.producers()
    whole = tuple(_difference(producers[n], n, made[n], wanted[n], 0.0) for n in graph.outputs)
    version = f"edgekit {__version__}: conductances without noise, float32"
    return Verification("the float network", version, "float32", count, tuple(compared), whole)


def _difference(node: Node, name: str, found: Array, wanted: Array, bound: float) -> LayerDifference:
    gap = np.abs(found.astype(np.float64).reshape(wanted.shape) - wanted)
    return LayerDifference(name, node.op.name, gap.size, int((gap != 0).sum()), float(gap.max(initial=0)), bound)


def bench(folder: Path, port: str | None = None) -> NoReturn:
    """NOT RUN: a simulation on the host says nothing about a crossbar's time or energy. Raises UnsupportedError."""
    raise UnsupportedError(
        "bench of analog-pcm", "NOT RUN: no chip is attached, and the simulation has neither time nor energy",
        "manifest.json has tiles and their use; `edgekit run` computes outputs",
    )  # fmt: skip


def described(target: Target) -> Described:
    proof = (
        "without noise each layer within 1e-5 of its largest value; with it the accuracy's mean and deviation; on a "
        "chip: NOT RUN"
    )
    return Described("conductances, tile map, accuracy over time", "none: they are written by edgekit", proof)


def versions() -> dict[str, str]:
    return {"edgekit": __version__, "numpy": np.__version__}


def _real_inputs(folder: Path, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Integers of the int8 model as the real values they stand for; floats as they are."""
    from edgekit.frontend.tflite import load

    graph = load(folder / MODEL)
    return {
        name: real(graph, {name: a})[name]
        if name in graph.tensors and np.asarray(a).dtype.kind != "f"
        else np.asarray(a)
        for name, a in inputs.items()
    }
