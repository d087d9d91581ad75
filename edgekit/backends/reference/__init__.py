"""The simulator itself as a target: the model as a `.tflite`, run by `edgekit.reference`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import __version__, files, plugins
from edgekit.backends._contract import Array, Artifact, Described, Rejection, Run, constraint, rejections
from edgekit.graph import Graph, Node
from edgekit.recipe import Section, validated
from edgekit.target import Target

MODEL = "model.tflite"


class Options(Section):
    """`[target.reference]` has no options."""


def supports(operator: str) -> bool:
    return operator in plugins.names("edgekit.reference.ops")


@constraint(fix="Replace the operator, or add a file of its name to edgekit/reference/ops.")
def supported(graph: Graph, node: Node, options: Options) -> str | None:
    """The simulator must have the operator."""
    return None if supports(node.op.name) else node.op.name


CONSTRAINTS = (supported,)


def check(graph: Graph, target: Target) -> list[Rejection]:
    """Every node that the simulator does not have. Raises InputError for unknown options."""
    return rejections(graph, CONSTRAINTS, _options(target))


def compile(graph: Graph, target: Target, folder: Path, options: dict[str, Any] | None = None) -> Artifact:
    """Write `model.tflite` into `folder`. Raises MachineError, UnsupportedError."""
    from edgekit.frontend.tflite import write

    _options(target.with_options(options or {}))
    data = write(graph)
    files.write_atomic(folder / MODEL, data)
    return Artifact((MODEL,), MODEL, None, {"model_bytes": len(data)})


def run(folder: Path, inputs: Mapping[str, Array]) -> Run:
    """Run the artifact in the simulator. Raises InputError."""
    from edgekit.frontend.tflite import load
    from edgekit.reference import Simulator

    simulator = Simulator(load(folder / MODEL))
    return Run(simulator.run(inputs), f"edgekit {__version__} simulator ({simulator.graph.arithmetic})", True)


def described(target: Target) -> Described:
    return Described("`.tflite`", "none: it is written by edgekit", "bit-exact: it is the simulator")


def versions() -> dict[str, str]:
    return {"edgekit": __version__, "numpy": np.__version__}


def _options(target: Target) -> Options:
    found: Options = validated(Options, target.options, f"[target.{target.name}]")
    return found
