"""analog-pcm beside its peers, and what training under noise gains: `python -m benchmarks.analog [--seeds N]`.

The devices are compared with IBM's aihwkit (its PCMLikeNoiseModel), the noise of training with aihwkit-lightning; each
where it is installed, else NOT RUN is printed. Neither is a dependency of edgekit.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import edgekit
from edgekit.backends.analog_pcm import mapping
from edgekit.backends.analog_pcm.chip import Chip
from edgekit.backends.analog_pcm.options import Options
from edgekit.graph import Graph, Node, Tensor
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.pipeline import build
from edgekit.recipe import AnalogSection, Recipe, load_recipe
from edgekit.report.analog import span

Array = NDArray[Any]
TIMES = (1.0, 3600.0, 86400.0, 31536000.0)
SIZE = 512
BINS = (0.0, 0.02, 0.1, 0.3, 0.6, 1.0)  # of |weight| / largest
DRAWS = 4000

TRAINING: dict[str, Mapping[str, Any] | None] = {
    "as trained": None,
    "30 more epochs, no noise": {"epochs": 30, "learning_rate": 3e-3, "weight_noise": 0.0, "bits": 8, "clip": 0.0},
    "30 more epochs under noise": {"epochs": 30, "learning_rate": 3e-3, "weight_noise": 0.06, "clip": 2.0},
}


def weights() -> Array:
    """A matrix of normal weights, its largest magnitude 1."""
    drawn = np.random.default_rng(0).normal(0, 0.25, (SIZE, SIZE)).clip(-1, 1).astype(np.float32)
    drawn.flat[0] = 1.0
    return drawn


def errors_by_size(exact: Array, found: Array) -> list[tuple[float, float]]:
    """Mean (towards larger magnitudes) and standard deviation of the error, by magnitude of the weight."""
    error, size = (found - exact) * np.sign(exact), np.abs(exact)
    parts = [error[(size >= low) & (size <= high)] for low, high in itertools.pairwise(BINS)]
    return [(float(part.mean()), float(part.std())) for part in parts]


def ours(exact: Array, age: float) -> Array:
    """Weights of one of our chips at `age`, no compensation."""
    graph = Graph("one", inputs=["x"], outputs=["y"])
    for tensor in (
        Tensor("x", (1, SIZE), "float32"),
        Tensor.constant("w", exact),
        Tensor("y", (1, SIZE), "float32"),
    ):
        graph.add(tensor)
    graph.nodes = [Node(FullyConnected(), ("x", "w"), ("y",))]
    options = Options(scaling="layer", compensation=False)
    (layer,) = mapping.layers(graph, options)
    states = Chip([layer], options, 0).at(age)["y"]
    found = np.zeros((SIZE, SIZE), np.float32)
    for tile, state in zip(layer.tiles, states, strict=True):
        found[slice(*tile.rows), slice(*tile.columns)] = state.weights
    return found.T * layer.scale[:, None]


def devices() -> None:
    """Errors of programmed and aged weights, ours and aihwkit's."""
    try:
        pcm = importlib.import_module("aihwkit.inference.noise.pcm")
        import torch
    except ImportError as error:
        print(f"devices against aihwkit: NOT RUN, it cannot be imported ({error})")
        return
    torch.manual_seed(0)
    exact, model = weights(), pcm.PCMLikeNoiseModel(g_max=25.0)
    print("devices: mean ± deviation of a weight's error, in % of the largest; edgekit | aihwkit")
    print(f"{'|w| of the largest':>20}", *(f"{span(age):>29}" for age in TIMES))
    mine = [errors_by_size(exact, ours(exact, age)) for age in TIMES]
    theirs = [errors_by_size(exact, model.apply_noise(torch.from_numpy(exact), age).numpy()) for age in TIMES]
    worst = 0.0
    for row, (low, high) in enumerate(itertools.pairwise(BINS)):
        cells = []
        for mean, other in zip(mine, theirs, strict=True):
            cells.append(" | ".join(f"{100 * m[0]:6.2f} ±{100 * m[1]:5.2f}" for m in (mean[row], other[row])))
            worst = max(worst, abs(mean[row][1] / other[row][1] - 1), abs(mean[row][0] - other[row][0]) / other[row][1])
        print(f"{f'{low:g} to {high:g}':>20}", *(f"{cell:>29}" for cell in cells))
    print(f"largest difference of any of these figures: {worst:.1%} of the deviation\n")


def training_noise() -> None:
    """Noise on the outputs of a linear layer while it is trained, ours and aihwkit-lightning's."""
    try:
        lightning = importlib.import_module("aihwkit_lightning.nn")
        configs = importlib.import_module("aihwkit_lightning.simulator.configs")
        import torch
    except ImportError as error:
        print(f"noise of training against aihwkit-lightning: NOT RUN, it cannot be imported ({error})")
        return
    from edgekit.crosstrain import analog_noise
    from edgekit.train.tuning import Criterion

    torch.manual_seed(0)
    config = configs.TorchInferenceRPUConfig()
    config.modifier.std_dev = 0.06
    config.modifier.noise_type = configs.WeightNoiseInjectionType.ADD_NORMAL_PER_CHANNEL
    peer = lightning.AnalogLinear(64, 16, bias=False, rpu_config=config).train()
    mine = torch.nn.Linear(64, 16, bias=False)
    with torch.no_grad():
        peer.weight.copy_(torch.randn(16, 64))
        mine.weight.copy_(peer.weight)
    analog_noise.NoisyLoss(torch.nn.Sequential(mine), AnalogSection(weight_noise=0.06, bits=0, clip=0), Criterion())
    x = torch.randn(1, 64)
    exact = x @ peer.weight.T
    with torch.no_grad():
        found = [torch.stack([layer(x) - exact for _ in range(DRAWS)]).std(0) for layer in (mine, peer)]
    ratio = (found[0] / found[1]).flatten()
    print(
        f"noise of training, 16 outputs, {DRAWS} draws each: deviation, edgekit over aihwkit-lightning "
        f"{float(ratio.mean()):.3f} on average, {float(ratio.min()):.3f} to {float(ratio.max()):.3f}; by chance alone "
        f"within {4 / np.sqrt(DRAWS):.1%}\n"
    )


def gains(seeds: int, folder: Path) -> None:
    """Accuracy of the default network on aged chips, trained with and without noise."""
    base = load_recipe(Path(edgekit.__file__).parent / "recipes" / "default.toml")
    print(
        f"LeNet-5 on digits, 1,000 test samples, 20 chips per seed, {seeds} seeds: mean accuracy over seeds and chips"
    )
    print(f"{'':>28} {'float':>7}", *(f"{span(age):>16}" for age in TIMES))
    for title, analog in TRAINING.items():
        rows = []
        for seed in range(seeds):
            values = base.model_dump(exclude_none=True) | {
                "name": f"analog-{seed}",
                "train": {**base.train.model_dump(exclude_none=True), "seed": seed},
                "target": {"analog-pcm": {"chips": 20, "times": list(TIMES)}},
            }
            values["train"].pop("min_accuracy", None)
            recipe = Recipe.model_validate(values | ({} if analog is None else {"analog": dict(analog)}))
            made = build(recipe, ["analog-pcm"], folder).targets["analog-pcm"].manifest["artifact"]["analog"]
            rows.append(made["accuracy"])
        cells = []
        for index in range(len(TIMES)):
            means = [row["times"][index]["mean"] for row in rows]
            spread = np.sqrt(np.mean([row["times"][index]["deviation"] ** 2 for row in rows]))
            cells.append(f"{100 * np.mean(means):6.2f} ±{100 * spread:5.2f}")
        real = 100 * np.mean([row["float"] for row in rows])
        print(f"{title:>28} {real:7.2f}", *(f"{cell:>16}" for cell in cells), flush=True)
    print("±: deviation of single chips of one training")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings per row; 0: peers only")
    parser.add_argument("--output", type=Path, default=None, help="folder of the builds, kept; a temporary one without")
    asked = parser.parse_args()
    devices()
    training_noise()
    if asked.seeds:
        with tempfile.TemporaryDirectory() as name:
            gains(asked.seeds, asked.output or Path(name))


if __name__ == "__main__":
    main()
