"""What a model costs, layer by layer, before anything is trained, quantized or compiled."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgekit import channels, frontend, passes
from edgekit.doubts import ModelWarning, collected, doubts
from edgekit.errors import UsageError
from edgekit.graph import Graph, Tensor, is_quantized
from edgekit.recipe import Recipe, load_recipe

if TYPE_CHECKING:
    from edgekit.backends import Estimate, Rejection
    from edgekit.target import Target


@dataclass(frozen=True)
class Layer:
    """One node.

    Attributes:
        layer, op: its name and operator; `shape`, `dtype`: of its first output.
        macs: multiply-accumulates of one call, padding counted.
        parameters: constants that it is the first to read; `constant_bytes`: what they take in flash.
        live_bytes: activations that must be in RAM while it runs.
    """

    layer: str
    op: str
    shape: tuple[int, ...]
    dtype: str
    macs: int
    parameters: int
    constant_bytes: int
    live_bytes: int


@dataclass(frozen=True)
class Need:
    """Bytes of one of a target's memories (`flash`, `ram`): `needed` at least, without code, of `limit`."""

    memory: str
    needed: int
    limit: int

    @property
    def fits(self) -> bool:
        return self.needed <= self.limit


@dataclass(frozen=True)
class Analysis:
    """A whole model. Of a float model all bytes are those of its int8 form (`stored_bytes`).

    Attributes:
        quantized: whether the model itself holds integers.
        inputs, outputs: (name, shape, dtype).
        peak_ram_bytes: the largest `live_bytes`: no plan that gives every activation its own place needs less.
        peak_layer: where that is.
        flash_bytes: all constants that layers read, each once; neither code nor the model file's own structure.
        rejections: per target every node that it would refuse, or that is in the way of fitting its memory.
        memory: per target what is needed at least of each memory that limits it.
        estimates: per target that predicts what a build costs, of int8 models that it takes.
        notes: sentences about what is valid but may surprise.
    """

    name: str
    quantized: bool
    inputs: tuple[tuple[str, tuple[int, ...], str], ...]
    outputs: tuple[tuple[str, tuple[int, ...], str], ...]
    layers: tuple[Layer, ...]
    macs: int
    parameters: int
    peak_ram_bytes: int
    peak_layer: str
    flash_bytes: int
    rejections: dict[str, tuple[Rejection, ...]] = field(default_factory=dict)
    memory: dict[str, tuple[Need, ...]] = field(default_factory=dict)
    estimates: dict[str, Estimate] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def analyze(
    source: Graph | Path | str | Recipe,
    targets: Sequence[str] = (),
    *,
    optimize: str | None = None,
    ram_limit: int | None = None,
) -> Analysis:
    """Count a model's operations, parameters and bytes, and ask targets what they would reject.

    Args:
        source: a graph, a model file, or a recipe, whose network is built with random weights. Models are
            rewritten by `edgekit.passes` first, as a build would.
        targets: names of targets.
        optimize, ram_limit: options of the targets for this time, as in `edgekit.pipeline.build`.

    Raises:
        InputError, UnsupportedError: the model or recipe cannot be read. UsageError: unknown target, or one without
            such an option.
        ToolError: a recipe needs PyTorch and it is not installed.
    """
    source = _recipe_or_model(source)
    # unknown names fail before the work
    chosen = _targets(targets, source.target if isinstance(source, Recipe) else {}, optimize, ram_limit)
    notes: list[str] = []
    with collected(notes, ModelWarning):
        graph = load_any(source, notes)
    layers = _layers(graph)
    peak = max(layers, key=lambda x: x.live_bytes, default=None)
    rejections = {name: _rejections(graph, target) for name, target in chosen.items()}
    ram, flash = peak.live_bytes if peak else 0, sum(layer.constant_bytes for layer in layers)
    estimates = _estimates(graph, {name: target for name, target in chosen.items() if not rejections[name]})
    return Analysis(
        graph.name,
        is_quantized(graph),
        tuple(_about(graph.tensors[name]) for name in graph.inputs),
        tuple(_about(graph.tensors[name]) for name in graph.outputs),
        layers,
        graph.macs(),
        sum(layer.parameters for layer in layers),
        ram,
        peak.layer if peak else "",
        flash,
        rejections,
        {
            name: _needs(target, one.constant_bytes, one.arena_bytes)
            if (one := estimates.get(name))
            else _needs(target, flash, None if target.striped else ram)
            for name, target in chosen.items()
        },
        estimates,
        (*notes, *doubts(graph)),
    )


def _targets(
    names: Sequence[str], options: Mapping[str, dict[str, Any]], optimize: str | None, ram_limit: int | None
) -> dict[str, Target]:
    if not names:
        if optimize is not None or ram_limit is not None:
            raise UsageError("--optimize and --ram-limit", "are about a target, and none is named", "add --target")
        return {}
    from edgekit.overrides import overridden
    from edgekit.target import find_target

    own = [find_target(name).with_options(options.get(name, {})) for name in names]
    return {target.name: target for target in overridden(own, optimize, ram_limit)}


def _rejections(graph: Graph, target: Target) -> tuple[Rejection, ...]:
    from edgekit.backends import backend

    return tuple(backend(target.backend).check(graph, target))


def _estimates(graph: Graph, targets: dict[str, Target]) -> dict[str, Estimate]:
    from edgekit.backends import backend

    if not is_quantized(graph):
        return {}
    able = {name: target for name, target in targets.items() if hasattr(backend(target.backend), "estimate")}
    return {name: backend(target.backend).estimate(graph, target) for name, target in able.items()}


def _needs(target: Target, flash: int, ram: int | None) -> tuple[Need, ...]:
    limits = (("flash", flash, target.memory.flash), ("ram", ram, target.memory.ram))
    return tuple(
        Need(memory, needed, limit) for memory, needed, limit in limits if needed is not None and limit is not None
    )


def load_any(source: Graph | Path | str | Recipe, notes: list[str] | None = None) -> Graph:
    """The graph of a model file or of a recipe's untrained network, optimized; graphs pass unchanged.

    Args:
        notes: gets a sentence where channels were left out.
    """
    source = _recipe_or_model(source)
    if isinstance(source, Graph):
        return source
    if isinstance(source, Recipe) and source.model.source is None:
        return _untrained(source)
    path = source.model.source if isinstance(source, Recipe) else source
    assert path is not None
    whole = frontend.load(path)
    graph = channels.leave_out(passes.optimize(whole))
    if notes is not None:
        notes += channels.sentences(whole, graph)
    return graph


def _recipe_or_model(source: Graph | Path | str | Recipe) -> Graph | Path | Recipe:
    if isinstance(source, (Graph, Recipe)):
        return source
    return load_recipe(Path(source)) if Path(source).suffix.lower() == ".toml" else Path(source)


def _untrained(recipe: Recipe) -> Graph:
    from edgekit.train import export_untrained

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{recipe.name}.onnx"
        export_untrained(recipe, path)
        return passes.optimize(frontend.load(path))


def stored_bytes(tensor: Tensor) -> int:
    """Bytes of a tensor; of a float tensor, what it takes as int8: one byte a value, four where it is a bias."""
    if tensor.dtype != "float32":
        return tensor.bytes
    bias = tensor.is_constant and len(tensor.shape) == 1
    return tensor.elements * (4 if bias else 1)


def live_bytes(graph: Graph) -> list[int]:
    """Per node, in execution order, the bytes of all activations that must exist while it runs.

    An activation exists from the node that writes it (graph inputs: from the start) to the last node that reads it
    (graph outputs: to the end). Constants are not counted, nor scratch that a kernel may want.
    """
    born = {name: i for i, node in enumerate(graph.nodes) for name in node.outputs}
    last = {name: i for i, node in enumerate(graph.nodes) for name in (*node.inputs, *node.outputs) if name is not None}
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes) - 1))
    steps = np.zeros(len(graph.nodes) + 1, np.int64)
    for tensor in graph.activations():
        if tensor.name in born or tensor.name in graph.inputs:
            steps[born.get(tensor.name, 0)] += stored_bytes(tensor)
            steps[last.get(tensor.name, 0) + 1] -= stored_bytes(tensor)
    return [int(x) for x in np.cumsum(steps)[:-1]]


def _layers(graph: Graph) -> tuple[Layer, ...]:
    seen: set[str] = set()
    found = []
    for node, live in zip(graph.nodes, live_bytes(graph), strict=True):
        constants = [graph.tensors[n] for n in dict.fromkeys(node.inputs) if n is not None and n not in seen]
        constants = [t for t in constants if t.is_constant]
        seen.update(t.name for t in constants)
        inputs, outputs = graph.node_inputs(node), graph.node_outputs(node)
        found.append(
            Layer(
                node.name,
                node.op.name,
                outputs[0].shape,
                outputs[0].dtype,
                node.op.macs(inputs, outputs),
                sum(t.elements for t in constants),
                sum(stored_bytes(t) for t in constants),
                live,
            )
        )
    return tuple(found)


def _about(tensor: Tensor) -> tuple[str, tuple[int, ...], str]:
    return tensor.name, tensor.shape, tensor.dtype


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain values; its keys are documented in docs/cli.md."""
    from dataclasses import asdict

    found = asdict(analysis)
    for name, estimate in analysis.estimates.items():
        latency = estimate.latency
        found["estimates"][name]["latency"] = latency and {"ms": latency.ms, "by": latency.by}
    for role in ("inputs", "outputs"):
        found[role] = [{"name": n, "shape": list(s), "dtype": d} for n, s, d in getattr(analysis, role)]
    return found
