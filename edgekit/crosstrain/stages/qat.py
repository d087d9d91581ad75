"""Quantization-aware training: the network is tuned with the rounding and clamping of its int8 form in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgekit.errors import InputError, UsageError
from edgekit.recipe import QatSection, Recipe

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from edgekit.crosstrain.qat.network import FakeQuantized
    from edgekit.crosstrain.step import Outcome, Step
    from edgekit.train.network import Signature

ORDER = 60
RATE = 1 / 20  # of the first training's learning rate, where the recipe names none
VALIDATION = 4096  # samples at most that the int8 graph is compared on


def wanted(recipe: Recipe) -> bool:
    return recipe.qat is not None


def require(recipe: Recipe) -> None:
    """Raises UsageError for settings that contradict each other."""
    if recipe.quantize.max_drop is not None:
        raise UsageError(
            "[quantize] max_drop", "does not go with [qat]: its ranges are trained, and no fix may change them",
            "remove one of the two",
        )  # fmt: skip
    if _section(recipe).epochs == 0:
        raise UsageError(
            "[qat] epochs", "must be at least 1, found 0", "leave [qat] out for quantization after training"
        )


def parts(recipe: Recipe) -> list[Any]:
    """What the result depends on beside the network."""
    from edgekit.crosstrain.stages import distill

    teacher = distill.parts(recipe)[-1] if recipe.distill is not None and _section(recipe).distill else None
    sections = recipe.model_dump(mode="json", include={"qat", "train", "quantize", "distill"})
    return [sections, teacher]


def run(step: Step) -> Outcome:
    """Fake quantization, calibrated as post-training quantization would, then tuned by the trainer's own loop.

    Raises:
        UnsupportedError: a layer cannot be followed; VerificationError: the int8 graph does not agree.
    """
    import torch

    from edgekit.crosstrain.qat.agreement import compare
    from edgekit.crosstrain.qat.onnx_writer import model
    from edgekit.crosstrain.step import Outcome
    from edgekit.frontend.onnx import read
    from edgekit.train import evaluate

    section = _section(step.recipe)
    rate = section.learning_rate or step.recipe.train.learning_rate * RATE
    change = {
        "shape": list(step.before.signature.shape), "ranges": section.ranges, "int16": list(section.int16),
        "freeze_after": round(section.freeze * section.epochs * _steps_per_epoch(step)),
    }  # fmt: skip
    network, equalized = _calibrated(rebuild(step.before.network, change), step)
    start, _ = evaluate.test_scores(network, step.before.signature.task, step.data, torch.device("cpu"))
    teaching = step.teaching() if section.distill else None
    settings = {**step.settings(section), "learning_rate": rate}
    tuned = step.tune(
        "tuning", network, change, settings, criterion=None if teaching is None else teaching.criterion(),
        identity=None if teaching is None else teaching.identity,
    )  # fmt: skip
    graph = read(model(tuned, softmax=_softmax(step.recipe, step.before.signature)).SerializeToString(), "model")
    held = step.data.validation_x[:VALIDATION]
    found = compare(tuned, graph, held, step.before.signature.task == "classification")
    found.require("[qat]")
    what = "same class" if found.classes else "equal outputs"
    text = f"{section.epochs} epochs, {section.ranges}; int8 graph: {what} for {found.same:.2%} of {found.samples:,}"
    facts = {
        "epochs": section.epochs, "learning_rate": rate, "ranges": section.ranges, "equalized": equalized,
        "untuned_test": start, "agreement": found.as_json(),
    }  # fmt: skip
    return Outcome(tuned, change, facts, f"{text} validation samples, largest difference {found.largest} steps")


def rebuild(network: torch.nn.Module, change: dict[str, Any]) -> FakeQuantized:
    """The network with fake quantization; see `edgekit.crosstrain.stages`."""
    from edgekit.crosstrain.qat.network import FakeQuantized

    found = FakeQuantized(network, tuple(change["shape"]), ranges=change["ranges"], int16=change["int16"])
    found.freeze_after = int(change["freeze_after"])
    return found


def export(network: torch.nn.Module, recipe: Recipe, signature: Signature, output: Path) -> None:
    """Write Q/DQ ONNX. Raises MachineError."""
    from edgekit.crosstrain.qat.network import FakeQuantized
    from edgekit.crosstrain.qat.onnx_writer import model
    from edgekit.files import write_atomic

    if not isinstance(network, FakeQuantized):
        raise InputError(str(output), "is to be written from a network without fake quantization", "train again")
    write_atomic(output, model(network, softmax=_softmax(recipe, signature)).SerializeToString(deterministic=True))


def _section(recipe: Recipe) -> QatSection:
    assert recipe.qat is not None
    return recipe.qat


def _softmax(recipe: Recipe, signature: Signature) -> bool:
    return recipe.model.softmax and signature.task == "classification"


def _steps_per_epoch(step: Step) -> int:
    return max(1, len(step.data.train_x) // step.recipe.train.batch_size)


def _calibrated(network: FakeQuantized, step: Step) -> tuple[FakeQuantized, bool]:
    """The network with scales from samples of the training part, equalized where that halves its output's error."""
    import copy

    import numpy as np
    import torch

    from edgekit.crosstrain.qat.equalization import equalize
    from edgekit.train import evaluate

    section, given = step.recipe.quantize, step.data.train_x
    chosen = np.sort(np.random.default_rng(section.seed).permutation(len(given))[: section.samples])
    x = evaluate.tensor(given[chosen])
    with network.floating():
        real = network(x)

    def error(one: FakeQuantized) -> float:
        one.calibrate(x, section)
        with torch.no_grad():
            return float((one.eval()(x) - real).square().mean())

    other = copy.deepcopy(network)
    plain = error(network)
    if equalize(other, x) and error(other) < plain / 4:  # a mean square: half the error
        return other, True
    return network, False
