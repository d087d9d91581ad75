"""Cross-training: `python -m benchmarks.crosstraining --data FOLDER --cache FOLDER`.

ResNet-8 on CIFAR-10, trained by edgekit's own trainer (`benchmarks/networks.py`, seed 0), is pruned to half its MACs
and tuned with its own first form as the teacher. Every row is the network after one stage: accuracy on the test part in
float and in int8 (256 calibration samples, seed 0, simulator), and the instructions that the C code built for the
emulated Cortex-M4 executes, counted by QEMU.

The float network is the cached one of `benchmarks.quantization`; all trainings go on where they were interrupted.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks import arguments
from benchmarks.networks import recipe as recipe_of
from edgekit import crosstrain, quantization, train
from edgekit.errors import ToolError
from edgekit.graph import Graph
from edgekit.pipeline.accuracy import measure
from edgekit.recipe import Recipe

SAMPLES = 256
TARGET = "qemu-m4"
SECTIONS: dict[str, Any] = {
    "build": {"targets": [TARGET]},
    "prune": {"importance": "taylor", "macs": 0.5, "epochs": 1, "learning_rate": 2e-3},
    "distill": {"teacher": "self", "learning_rate": 3e-3, "temperature": 4.0, "alpha": 0.7},
}


def prepared(data: Path, seed: int, epochs: int) -> Recipe:
    """The recipe of the float network with the stages after it; `epochs` of distillation."""
    sections = {**SECTIONS, "distill": {**SECTIONS["distill"], "epochs": epochs}}
    return Recipe.model_validate({**recipe_of("resnet8", data, seed).model_dump(), **sections})


def instructions(graph: Graph) -> float | str:
    """What one inference executes on the emulated board; why it was NOT RUN where a tool is missing."""
    from edgekit import backends
    from edgekit.target import find_target

    target = find_target(TARGET)
    backend = backends.backend(target.backend)
    with tempfile.TemporaryDirectory() as folder:
        try:
            backend.compile(graph, target, Path(folder))
            found: float = backend.bench(Path(folder))["total"]
        except ToolError as error:
            return f"NOT RUN: {error}"
    return found


def row(name: str, recipe: Recipe, data: Any, checkpoint: Path, limit: int | None) -> dict[str, Any]:
    """Everything that is measured of one network."""
    from edgekit.crosstrain.checkpoint import load
    from edgekit.crosstrain.cost import cost_of, float_graph

    loaded = load(recipe, checkpoint)
    graph = float_graph(recipe, loaded.network, loaded.signature)
    chosen = quantization.choose_samples(graph, {graph.inputs[0]: data.train_x}, SAMPLES, 0, data.train_y)
    made = quantization.quantize(graph, chosen, recipe.quantize)
    x = {graph.inputs[0]: data.test_x[:limit]}
    scores = measure(made, graph, x, data.test_y[:limit], len(data.classes))
    return {
        "stage": name, "float": 100 * scores["float"], "int8": 100 * scores["int8"], **vars(cost_of(made)),
        "instructions": instructions(made), "samples": scores["samples"],
    }  # fmt: skip


def run(data: Path, cache: Path, seed: int, limit: int | None, epochs: int) -> list[dict[str, Any]]:
    """Train, run all stages, then measure the network after each."""
    from edgekit.crosstrain.checkpoint import load, save
    from edgekit.crosstrain.step import Step

    recipe = prepared(data, seed, epochs)
    loaded = train.load_data(recipe.data)
    first = last = train.train(recipe, cache / f"resnet8-{seed}", data=loaded).checkpoint
    made = {"train": first}
    for name, stage in crosstrain.wanted(recipe).items():
        folder = cache / f"resnet8-{seed}-{name}"
        before = load(recipe, last)
        outcome = stage.run(Step(name, recipe, loaded, before, last, first, folder))
        last = folder / "network.safetensors"
        changes = (
            before.changes if outcome.change is None else (*before.changes, {"stage": name, "change": outcome.change})
        )
        save(last, outcome.network, before.about, changes)
        made[name] = last
    rows: list[dict[str, Any]] = []
    for name, path in made.items():
        rows.append(row(name, recipe, loaded, path, limit))
        show(rows)
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    """The last row, with the title before the first."""
    if len(rows) == 1:
        print(f"{'stage':10}{'float %':>9}{'int8 %':>9}{'MACs':>12}{'parameters':>12}{'int8 bytes':>12}  instructions")
    one = rows[-1]
    count = one["instructions"]
    shown = count if isinstance(count, str) else f"{count:,.0f} ({count / rows[0]['instructions']:.1%})"
    print(
        f"{one['stage']:10}{one['float']:9.2f}{one['int8']:9.2f}{one['macs']:12,}{one['parameters']:12,}"
        f"{one['bytes']:12,}  {shown}", flush=True,
    )  # fmt: skip


def main() -> None:
    parser = arguments.parser(__doc__, "cifar10")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    parser.add_argument("--epochs", type=int, default=30, help="of distillation, a minute each on a free core")
    parser.add_argument("--limit", type=int, help="test samples at most")
    given = arguments.parsed(parser, "crosstraining")
    if given is None:
        return
    print(f"ResNet-8, CIFAR-10, training seed {given.seed}; {SECTIONS}, {given.epochs} epochs of distillation")
    rows = run(given.data, given.cache, given.seed, given.limit, given.epochs)
    print(
        f"float accuracy lost: {rows[0]['float'] - rows[-1]['float']:.2f} points, {rows[0]['samples']:,} test samples"
    )
    arguments.write(rows, given.json)


if __name__ == "__main__":
    main()
