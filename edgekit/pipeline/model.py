"""The stages that make one int8 graph, the same for all targets: data to golden vectors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit import arrays, channels, files, frontend, passes, quantization
from edgekit.backends import Samples, is_quantized
from edgekit.doubts import ModelWarning, collected, doubts
from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph
from edgekit.pipeline import accuracy, proof, samples, training
from edgekit.pipeline.cache import code
from edgekit.pipeline.context import Context
from edgekit.pipeline.samples import Array, arrays_digest
from edgekit.pipeline.source import has_data
from edgekit.quantization.calibration import CalibrationWarning, check_calibration, said_already
from edgekit.quantization.data_free import draft_without_data
from edgekit.quantization.draft import Draft
from edgekit.quantization.improvement import improve
from edgekit.quantization.judge import Judge
from edgekit.quantization.lowering import lower
from edgekit.quantization.validation import judge
from edgekit.recipe import NO_DATA
from edgekit.reference import Simulator

if TYPE_CHECKING:
    from edgekit.zoo.data import Data

Quality = dict[str, dict[str, float | None]]
GRAPH_CODE = ("graph", "frontend", "passes", "channels")
RUN_CODE = (*GRAPH_CODE, "reference", "arrays.py")
LABELS = "labels.txt"
VALIDATION = 4096  # samples at most that fixes are judged by


@dataclass
class Model:
    """An int8 graph and everything that is known about it.

    Attributes:
        graph: int8. floating: the float graph it was made from, None where it came quantized.
        source: facts about what it was made from, for the manifest.
        golden: inputs and outputs of the golden vectors; golden_from: what they are.
        accuracy, quality, proofs: JSON for the manifest: of float and int8, dB by layer, runtimes.
        improvement: likewise, what `[quantize] max_drop` made it try; None without.
        samples: for backends that score the artifact themselves.
    """

    graph: Graph
    floating: Graph | None
    source: dict[str, Any]
    classes: tuple[str, ...]
    golden_inputs: dict[str, Array]
    golden_outputs: dict[str, Array]
    golden_from: str
    accuracy: dict[str, Any]
    quality: Quality
    proofs: list[dict[str, Any]]
    improvement: dict[str, Any] | None = None
    samples: Samples = field(default_factory=Samples)


@dataclass
class Made:
    """What comes of data, training and quantization, before anything is measured; attributes as in `Model`.

    Attributes:
        whole: the graph before channels that change nothing were left out.
        calibration: samples by input name, None where the model came quantized; data: None where there is none.
    """

    graph: Graph
    whole: Graph
    floating: Graph | None
    source: dict[str, Any]
    calibration: dict[str, Array] | None
    improvement: dict[str, Any] | None
    data: Data | None


def make(context: Context, check: Callable[[Graph], str]) -> Model:
    """All stages before the first target's. `check` raises when a target takes a graph not."""
    made = quantized(context, check)
    graph, data, calibration = channels.leave_out(made.graph), made.data, made.calibration
    context.notes += channels.sentences(made.whole, graph)
    scores, quality = _accuracy(context, made.graph, made.floating, data, calibration, made.improvement)
    inputs, origin = samples.golden_inputs(graph, context.recipe.build.golden, data, calibration)
    inputs, outputs = _golden(context, graph, made.whole, inputs)
    return Model(
        graph, made.floating, made.source, data.classes if data is not None else (), inputs, outputs, origin, scores,
        quality, _proofs(context, graph, inputs), made.improvement, _samples(graph, data, calibration),
    )  # fmt: skip


def quantized(context: Context, check: Callable[[Graph], str], data: Data | None = None) -> Made:
    """The stages until there is an int8 graph. `data`: the recipe's data set where the caller has it already."""
    recipe = context.recipe
    data = training.data_of(context) if data is None and has_data(recipe) else data
    source: dict[str, Any] = {"recipe": recipe.name}
    if recipe.model.source is None:
        assert data is not None
        found = training.trained(context, data, check)
        path = found.model
        source |= {"training": found.training, "stages": [row.as_json() for row in found.rows]}
    else:
        path = recipe.model.source
        source["file"] = path.name
    with context.stage("graph") as done:
        with collected(context.notes, ModelWarning):
            whole = frontend.load(path)
            loaded = passes.optimize(whole)
        context.notes += doubts(loaded)
        source |= {"sha256": files.sha256(path), "nodes": len(loaded.nodes)}
        done.text = f"{len(loaded.nodes)} layers, {loaded.parameters():,} parameters, {loaded.macs():,} MACs"
    if is_quantized(loaded):
        if recipe.quantize.calibration is not None:
            context.notes.append("calibration data is not used: the model is int8 already")
        loaded, whole = (replace(graph, arithmetic=recipe.build.arithmetic) for graph in (loaded, whole))
        return Made(loaded, whole, None, source, None, None, data)
    with context.stage("check float") as done:
        done.text = check(loaded)
    graph, calibration, improvement = _quantized(context, loaded, data, check)
    return Made(graph, graph, loaded, source, calibration, improvement, data)


def _samples(graph: Graph, data: Data | None, calibration: dict[str, Array] | None) -> Samples:
    if data is None or not len(data.test_x):
        return Samples(calibration)
    return Samples(calibration, samples.as_input(graph, data.test_x, "the data set"), data.test_y, len(data.classes))


def _quantized(
    context: Context, graph: Graph, data: Data | None, check: Callable[[Graph], str]
) -> tuple[Graph, dict[str, Array], dict[str, Any] | None]:
    section = context.recipe.quantize
    with context.stage("quantize") as done:
        free: Draft | None = None
        with collected(context.notes, CalibrationWarning):
            if section.calibration == NO_DATA:
                free = draft_without_data(graph, section, context.recipe.model.source, context.progress)
            chosen = _calibration(context, graph, data) if free is None else dict(free.samples)

        def refuse(made: Graph) -> str | None:
            try:
                check(replace(made, arithmetic=context.recipe.build.arithmetic))
            except UnsupportedError as error:
                return " ".join(error.what.split())
            return None

        def make(folder: Path) -> None:
            improved = None
            with said_already():
                draft = free or quantization.drafted(graph, chosen, section, context.progress)
                if section.max_drop is None:
                    made = lower(draft)
                else:
                    by = _judge(graph, data, chosen)
                    found = improve(draft, by, section.max_drop, progress=context.progress, refuse=refuse)
                    made, improved = found.graph, found.as_json()
            (folder / "improvement.json").write_text(json.dumps(improved), "utf-8")
            frontend.tflite.save(replace(made, arithmetic=context.recipe.build.arithmetic), folder / "model.tflite")

        parts = [
            graph.fingerprint(), arrays_digest(chosen), sorted(free.ranges.items()) if free else None,
            section.model_dump(mode="json", exclude={"calibration"}),
            context.recipe.build.arithmetic, code("quantization", "metrics.py", *RUN_CODE),
            data.fingerprint() if data is not None and section.max_drop is not None else None,
            [repr(target) for target in context.targets] if section.max_drop is not None else None,
        ]  # fmt: skip
        folder = context.entry(done, "quantize", parts, make)
        found = frontend.load(folder / "model.tflite")
        improved = json.loads((folder / "improvement.json").read_text("utf-8"))
        count = len(next(iter(chosen.values())))
        given = "samples" if free is None else "made-up inputs"
        done.text = f"{section.activations}, ranges by {section.method} over {count} {given}"
        if improved is not None:
            done.text += f"; {improved['stopped']} ({improved['measure']})"
    return found, chosen, improved


def _judge(graph: Graph, data: Data | None, calibration: dict[str, Array]) -> Judge:
    """By the validation part, and without data by the calibration samples, which have no labels."""
    if data is None:
        return judge(graph, calibration, None, "calibration data")
    x = samples.as_input(graph, data.validation_x[:VALIDATION], "the data set")
    return Judge(graph, x, data.validation_y[:VALIDATION], len(data.classes))


def _calibration(context: Context, graph: Graph, data: Data | None) -> dict[str, Array]:
    """Of `[quantize] calibration`, or of the training part."""
    section = context.recipe.quantize
    if isinstance(section.calibration, Path):
        return quantization.load_calibration(section.calibration, graph, section)
    if data is None:
        raise InputError(
            str(context.recipe.model.source), "is a float model: int8 needs samples of its input to choose scales by",
            "give --calibration FILE.npz with an array per input, N samples on axis 0, or [data] in a recipe",
        )  # fmt: skip
    labels = data.train_y if data.classes else None
    given = samples.as_input(graph, data.train_x, "the data set")
    check_calibration(graph, given, "the training data")
    return quantization.choose_samples(graph, given, section.samples, section.seed, labels)


def _accuracy(
    context: Context, graph: Graph, floating: Graph | None, data: Data | None, calibration: dict[str, Array] | None,
    improvement: dict[str, Any] | None,
) -> tuple[dict[str, Any], Quality]:  # fmt: skip
    section = context.recipe.quantize
    with context.stage("accuracy") as done:
        x = y = None
        if data is not None and len(data.test_x):
            x, y = samples.as_input(graph, data.test_x, "the data set"), data.test_y
        probe = x if x is not None else calibration

        def make(folder: Path) -> None:
            found: dict[str, Any] = {"accuracy": {"status": proof.NOT_RUN, "reason": "no labelled test data"}}
            if x is not None and y is not None and data is not None:
                classes = len(data.classes)
                found["accuracy"] = accuracy.measure(graph, floating, x, y, classes, context.progress)
            found["quality"] = accuracy.layer_quality(graph, floating, probe) if floating and probe else {}
            (folder / "accuracy.json").write_text(json.dumps(found), "utf-8")

        parts = [
            graph.fingerprint(), floating.fingerprint() if floating else None, arrays_digest(probe) if probe else None,
            arrays_digest({"y": y}) if y is not None else None,
            code("pipeline", "quantization", "metrics.py", *RUN_CODE),
        ]  # fmt: skip
        found = json.loads((context.entry(done, "accuracy", parts, make) / "accuracy.json").read_text("utf-8"))
        done.text = accuracy.sentence(found["accuracy"])
        accuracy.require_drop(found["accuracy"], section.max_drop, improvement)
    return found["accuracy"], found["quality"]


def _golden(
    context: Context, graph: Graph, whole: Graph, inputs: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:  # fmt: skip
    """Golden inputs and outputs. The outputs are those of the graph before it was rewritten.

    Raises:
        VerificationError: they are not.
    """
    with context.stage("golden") as done:
        simulator = Simulator(graph)
        exact, count = simulator.prepare_inputs(inputs)

        def make(folder: Path) -> None:
            outputs = simulator.run(exact)
            if whole.fingerprint() != graph.fingerprint():
                proof.require_same(outputs, Simulator(whole).run(exact), graph.arithmetic)
            arrays.save_arrays(folder / "outputs.npz", outputs)

        parts = [graph.fingerprint(), whole.fingerprint(), arrays_digest(exact), code(*RUN_CODE)]
        outputs = arrays.load_arrays(context.entry(done, "golden", parts, make) / "outputs.npz")
        done.text = f"{count} vectors by the simulator ({graph.arithmetic})"
    return exact, outputs


def _proofs(context: Context, graph: Graph, golden: dict[str, Array]) -> list[dict[str, Any]]:
    """Every runtime that any target names, once."""
    found = []
    for against in dict.fromkeys(name for target in context.targets for name in target.verify):
        with context.stage(f"verify {against}") as done:

            def make(folder: Path, against: str = against) -> None:
                result = proof.prove(graph, against, golden, context.progress)
                (folder / "proof.json").write_text(json.dumps(result), "utf-8")

            parts = [graph.fingerprint(), arrays_digest(golden), against, proof.version_of(against),
                     code("pipeline", "runtimes", "verification.py", *RUN_CODE)]  # fmt: skip
            folder = context.entry(done, "verify", parts, make)
            found.append(json.loads((folder / "proof.json").read_text("utf-8")))
            done.text = proof.sentence(found[-1])
    proof.require_exact(found)
    return found
