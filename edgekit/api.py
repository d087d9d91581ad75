"""The Python API behind `edgekit.load`, `edgekit.quantize`, `edgekit.simulate`, `edgekit.verify`, `edgekit.build`.

Each function takes a model as a `Graph` or as the path of a model file. Errors are the family in `edgekit.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from edgekit import analysis, frontend, reference, verification
from edgekit.analysis import Analysis
from edgekit.graph import Graph
from edgekit.recipe import Recipe
from edgekit.verification import Verification

Array = NDArray[Any]
Model = Graph | Path | str


def load(path: Path | str) -> Graph:
    """Read a model file (`.tflite`, float or int8; `.onnx`) into a graph.

    Raises:
        InputError: the file is missing, of an unknown kind or malformed.
        UnsupportedError: it uses an operator, type or feature that edgekit lacks.
    """
    return frontend.load(path)


def analyze(source: Model | Recipe, targets: Sequence[str] = ()) -> Analysis:
    """What a model or the untrained network of a recipe costs, and what `targets` would reject; see `edgekit.analysis`.

    Raises:
        InputError, UnsupportedError: it cannot be read. UsageError: unknown target. ToolError: PyTorch is needed.
    """
    return analysis.analyze(source, targets)


def simulate(
    model: Model, inputs: Mapping[str, Array], *, layers: bool = False, arithmetic: str | None = None
) -> dict[str, Array]:
    """Run a model in the simulator.

    Args:
        inputs: array by input name, of the model's type, or float (then quantized with the input's parameters); axis 0
            holds N times the model's own length, for N samples.
        layers: return every activation tensor, not only the outputs.
        arithmetic: `tflm`, `litert-reference`, ...; the graph's own without.

    Returns:
        Array by tensor name, in the graph's types.

    Raises:
        InputError: wrong names, shapes or types. UnsupportedError: an operator the simulator lacks.
        UsageError: unknown arithmetic.
    """
    return reference.simulate(_graph(model), inputs, layers=layers, arithmetic=arithmetic)


def verify(
    model: Model,
    against: str = "tflite-micro",
    *,
    inputs: Mapping[str, Array] | None = None,
    samples: int = 8,
    seed: int = 0,
) -> Verification:
    """Compare a runtime with the simulator under the runtime's arithmetic, layer by layer.

    Args:
        against: `tflite-micro`, `litert-reference`, ...: a runtime of `edgekit.runtimes`.
        inputs: as for `simulate`; `samples` random ones, reproducible by `seed`, without.

    Returns:
        A `Verification`; its `exact` says whether every value is equal.

    Raises:
        UsageError: unknown runtime. ToolError: it is absent or refuses the model. InputError: bad inputs.
    """
    return verification.verify(_graph(model), against, inputs, samples, seed)


def _graph(model: Model) -> Graph:
    return model if isinstance(model, Graph) else load(model)
