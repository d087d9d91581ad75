"""The Python API behind `edgekit.load`, `edgekit.quantize`, `edgekit.simulate`, `edgekit.verify`, `edgekit.build`.

Each function takes a model as a `Graph` or as the path of a model file. Errors are the family in `edgekit.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgekit import analysis, frontend, passes, reference, verification
from edgekit.analysis import Analysis
from edgekit.graph import Graph
from edgekit.recipe import Recipe
from edgekit.verification import Verification

if TYPE_CHECKING:
    from edgekit.pipeline import BuildResult
    from edgekit.quantization.diagnosis import Diagnosis
    from edgekit.quantization.draft import Draft
    from edgekit.quantization.improvement import Improvement
    from edgekit.quantization.judge import Judge
    from edgekit.train import Progress

Array = NDArray[Any]
Model = Graph | Path | str
BLOCK = 64  # samples between two reports of progress


def load(path: Path | str) -> Graph:
    """Read a model file (`.tflite`, float or int8; `.onnx`) into a graph.

    Raises:
        InputError: the file is missing, of an unknown kind or malformed.
        UnsupportedError: it uses an operator, type or feature that edgekit lacks.
    """
    return frontend.load(path)


def analyze(
    source: Model | Recipe,
    targets: Sequence[str] = (),
    *,
    optimize: str | None = None,
    ram_limit: int | None = None,
) -> Analysis:
    """What a model or the untrained network of a recipe costs, and what `targets` would reject; see `edgekit.analysis`.

    Raises:
        InputError, UnsupportedError: it cannot be read. UsageError: unknown target. ToolError: PyTorch is needed.
    """
    return analysis.analyze(source, targets, optimize=optimize, ram_limit=ram_limit)


def simulate(
    model: Model,
    inputs: Mapping[str, Array],
    *,
    layers: bool = False,
    arithmetic: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Array]:
    """Run a model in the simulator.

    Args:
        inputs: array by input name, of the model's type, or float (then quantized with the input's parameters); axis 0
            holds N times the model's own length, for N samples.
        layers: return every activation tensor, not only the outputs.
        arithmetic: `tflm`, `litert-reference`, ...; the graph's own without.
        progress: called as (done, total, text).

    Returns:
        Array by tensor name, in the graph's types.

    Raises:
        InputError: wrong names, shapes or types. UnsupportedError: an operator the simulator lacks.
        UsageError: unknown arithmetic.
    """
    graph = _graph(model)
    simulator = reference.Simulator(graph, arithmetic)
    arrays, count = simulator.prepare_inputs(inputs)
    if progress is None or count <= BLOCK:
        return simulator.run(arrays, layers)
    rows = {name: len(array) // count for name, array in arrays.items()}
    parts = []
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        block = {name: array[start * rows[name] : stop * rows[name]] for name, array in arrays.items()}
        parts.append(simulator.run(block, layers))
        progress(stop, count, "simulate")
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def verify(
    model: Model,
    against: str = "tflite-micro",
    *,
    inputs: Mapping[str, Array] | None = None,
    samples: int = 8,
    seed: int = 0,
    progress: Progress | None = None,
) -> Verification:
    """Compare a runtime with the simulator under the runtime's arithmetic, layer by layer.

    Args:
        against: `tflite-micro`, `litert-reference`, ...: a runtime of `edgekit.runtimes`.
        inputs: as for `simulate`; `samples` random ones, reproducible by `seed`, without.
        progress: called as (done, total, text).

    Returns:
        A `Verification`; its `exact` says whether every value is equal.

    Raises:
        UsageError: unknown runtime. ToolError: it is absent or refuses the model. InputError: bad inputs.
    """
    return verification.verify(_graph(model), against, inputs, samples, seed, progress)


def quantize(
    model: Model,
    calibration: Mapping[str, Array] | Path | str | None,
    *,
    method: str = "minmax",
    samples: int = 256,
    seed: int = 0,
    percentile: float = 99.99,
    per_channel: bool = True,
    activations: str = "int8",
    int16: Sequence[str] = (),
    input_dtype: str | None = None,
    output_dtype: str | None = None,
    progress: Progress | None = None,
) -> Graph:
    """The int8 form of a float model, by the TensorFlow Lite 8-bit quantization specification.

    Args:
        calibration: array by input name, N samples on axis 0, or a file or folder of them (`.npz`, `.npy`, images);
            None for made-up inputs, see `edgekit.quantization.data_free`.
        method: how activation ranges are chosen: `minmax`, `moving-average`, `percentile`, `mse`, `entropy`.
        samples: at most so many are used, drawn reproducibly by `seed`.
        percentile: for the method of that name.
        per_channel: weights with one scale per output channel, or one for all.
        activations: `int8`, or `int16` for 16x8 throughout. int16: names of single layers with int16 activations.
        input_dtype, output_dtype: `int8`, `int16`, or `float32` for a model that quantizes inside; as `activations`
            without.
        progress: called as (done, total, text).

    Raises:
        InputError: calibration data or arguments are unfit, or the model is quantized already.
        UnsupportedError: an operator has no int8 form; names the layer.
    """
    from edgekit.quantization.lowering import lower

    options = {
        "method": method, "samples": samples, "seed": seed, "percentile": percentile, "per_channel": per_channel,
        "activations": activations, "int16": tuple(int16), "input_dtype": input_dtype, "output_dtype": output_dtype,
    }  # fmt: skip
    return lower(_draft(model, calibration, options, progress))


def improve(
    model: Model,
    calibration: Mapping[str, Array] | Path | str | None,
    max_drop: float,
    *,
    validation: Path | str | None = None,
    fixes: Sequence[str] | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Improvement:
    """Quantize, and try fixes, the cheapest first, until int8 loses at most `max_drop` points; see `Improvement`.

    Args:
        calibration: as for `quantize`.
        validation: `.npz` with the inputs and `labels` or `y`, by which int8 is judged; without labels by how often it
            agrees with float. Without a file by the calibration data.
        fixes: names of the fixes to try, in this order; all without.
        options: as for `quantize`.

    Raises:
        InputError, UnsupportedError: as `quantize`. Nothing is raised when `max_drop` is not kept: the result says so.
    """
    from edgekit.quantization.improvement import improve as work

    draft = _draft(model, calibration, options, progress)
    return work(draft, _judge(draft, calibration if validation is None else validation), max_drop, fixes, progress)


def debug(
    model: Model,
    data: Mapping[str, Array] | Path | str,
    *,
    calibration: Mapping[str, Array] | Path | str | None = None,
    fixes: Sequence[str] | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Diagnosis:
    """Why a float model loses in int8: layer by layer, each layer alone, and which fix helps; see `Diagnosis`.

    Args:
        data: samples, with labels where there are any: what is compared, and without `calibration` what ranges are
            chosen by.
        fixes: names of the fixes to try; all quick ones without.
        options: as for `quantize`.

    Raises:
        InputError, UnsupportedError: as `quantize`.
    """
    from edgekit.quantization.diagnosis import diagnose

    draft = _draft(model, data if calibration is None else calibration, options, progress)
    return diagnose(draft, _judge(draft, data), fixes, progress)


def build(
    source: Path | str | Recipe | None = None,
    targets: Sequence[str] = (),
    output: Path | str = "build",
    *,
    calibration: Path | str | None = None,
    optimize: str | None = None,
    ram_limit: int | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Train, quantize, prove and package; see `edgekit.pipeline`.

    Args:
        source: a recipe or its file, or a model file; without one `./edgekit.toml`, else the embedded default recipe.
        targets: names of targets; the recipe's own without.
        output: gets a folder `NAME/TARGET/` per target. Stages are cached by content.
        calibration: samples for quantization, instead of the recipe's; "none" for made-up ones.
        optimize: what microcontroller kernels are chosen for: `speed`, `ram` or `flash`, instead of the recipe's.
        ram_limit: bytes of arena that a microcontroller may take; layers run in stripes as far as that is needed.

    Raises:
        InputError, UnsupportedError, ToolError, VerificationError, UsageError, MachineError: as their names say; the
        former build, where there is one, is then still whole.
    """
    from edgekit import pipeline

    if not isinstance(source, Recipe):
        source = Path(source) if source is not None else default_recipe()
    return pipeline.build(
        source, tuple(targets), Path(output), calibration=calibration, optimize=optimize, ram_limit=ram_limit,
        progress=progress,
    )  # fmt: skip


def default_recipe() -> Path:
    """The file that is built when none is named: `./edgekit.toml`, else the embedded recipe."""
    here = Path("edgekit.toml")
    return here if here.is_file() else Path(__file__).resolve().parent / "recipes" / "default.toml"


def _draft(
    model: Model, calibration: Mapping[str, Array] | Path | str | None, options: Mapping[str, Any],
    progress: Progress | None,
) -> Draft:  # fmt: skip
    from edgekit.quantization import drafted, load_calibration
    from edgekit.quantization.calibration import said_already
    from edgekit.recipe import QuantizeSection, validated

    section = validated(QuantizeSection, dict(options), "quantize")
    graph = passes.optimize(_graph(model))
    if calibration is None:
        from edgekit.quantization.data_free import draft_without_data

        return draft_without_data(graph, section, None if isinstance(model, Graph) else Path(model), progress)
    if isinstance(calibration, Mapping):
        return drafted(graph, _inputs_of(graph, calibration), section, progress)
    loaded = load_calibration(calibration, graph, section)
    with said_already():
        return drafted(graph, loaded, section, progress)


def _inputs_of(graph: Graph, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays without labels."""
    from edgekit.quantization.calibration import LABELS

    return {name: array for name, array in arrays.items() if name in graph.inputs or name not in LABELS}


def _judge(draft: Draft, data: Mapping[str, Array] | Path | str | None) -> Judge:
    """Of a labelled file or mapping; of images in a folder, and without data, by the samples that the draft has."""
    from edgekit.quantization.calibration import LABELS, said_already
    from edgekit.quantization.validation import judge, judge_of

    if isinstance(data, Mapping):
        y = next((np.asarray(data[n]) for n in LABELS if n in data and n not in draft.reference.inputs), None)
        return judge(draft.reference, _inputs_of(draft.reference, data), y, "data")
    if data is None or Path(data).suffix.lower() not in (".npz", ".npy"):
        return judge(draft.reference, draft.samples, None, str(data))
    with said_already():
        return judge_of(draft.reference, data)


def _graph(model: Model) -> Graph:
    return model if isinstance(model, Graph) else load(model)
