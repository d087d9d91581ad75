"""Quantization-aware training beside float and plain int8: `python -m benchmarks.qat --data FOLDER --cache FOLDER`.

The trained float networks of `benchmarks/networks.py` (seed 0), tuned for some epochs by the stage `qat` as a recipe
with `[qat]` would be; the test part is seen at the end only. Int8 scores are the simulator's, over all test samples, of
the graph that the ONNX frontend reads from the exported Q/DQ model. The hostile MobileNetV2 is the same function with
the channels between convolutions scaled by 2^-4 to 2^4.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import arguments
from benchmarks.networks import recipe, trained
from benchmarks.quantization import NETWORKS, SAMPLES, standard_error
from edgekit import frontend, passes
from edgekit.crosstrain import checkpoint
from edgekit.crosstrain.qat.agreement import compare
from edgekit.crosstrain.qat.equalization import divide, pairs
from edgekit.crosstrain.qat.network import FakeQuantized
from edgekit.crosstrain.stages import qat
from edgekit.crosstrain.step import Step
from edgekit.metrics import score
from edgekit.quantization import choose_samples, quantize
from edgekit.quantization.judge import outputs
from edgekit.recipe import QatSection, QuantizeSection, Recipe
from edgekit.train import export
from edgekit.zoo.data import Data

# Epochs of tuning: small data sets take more of them for as many steps.
EPOCHS = {"resnet8": 2, "mobilenet_v1": 2, "dscnn": 4, "imu": 4, "autoencoder": 2, "mobilenet_v2": 1}


def main() -> None:
    parser = arguments.parser(__doc__, "fashion_mnist, cifar10, free_spoken_digit, watch_imu")
    parser.add_argument("--network", action="append", choices=NETWORKS, help="may be given several times; all without")
    parser.add_argument("--ranges", choices=("lsq", "moving-average"), default="lsq")
    parser.add_argument("--epochs", type=int, help="of tuning")
    parser.add_argument("--rate", type=float, help="learning rate of tuning")
    given = arguments.parsed(parser, "qat")
    if given is None:
        return
    print("training seed 0, calibration seed 0, tuning seed 0")
    print(f"{'network':22}{'float':>8}{'after training':>16}{'qat':>8}{'loss':>7}{'std. error':>12}{'seconds':>9}"
          "  agreement", flush=True)  # fmt: skip
    rows = []
    for name in given.network or NETWORKS:
        base = name.partition(" ")[0]
        section = QatSection(epochs=given.epochs or EPOCHS[base], ranges=given.ranges, learning_rate=given.rate)
        row = measure(name, given.data, given.cache, section)
        rows.append(row)
        agreed = f"{row['same']:.2%}, {row['largest']} steps; {row['same_once']:.2%}"
        print(f"{name:22}{row['float']:8.2f}{row['ptq']:16.2f}{row['qat']:8.2f}{row['loss']:7.2f}{row['error']:12.2f}"
              f"{row['seconds']:9.0f}  {agreed}", flush=True)  # fmt: skip
    arguments.write(rows, given.json)


def measure(name: str, data: Path, cache: Path, section: QatSection) -> dict[str, Any]:
    """One row; scores in points."""
    base, _, kind = name.partition(" ")
    network = trained(base, data, cache)
    chosen = recipe(base, data).model_copy(
        update={"qat": section, "quantize": QuantizeSection(samples=SAMPLES)}
    )  # fmt: skip
    chosen = chosen.model_copy(update={"model": chosen.model.model_copy(update={"softmax": False})})
    first = cache / f"{base}-0" / "best.safetensors"
    loaded = checkpoint.load(chosen, first)
    if kind == "hostile":
        scale_channels(loaded.network, loaded.signature.shape)
    floating, after = plain(chosen, loaded, network.data)
    began = time.perf_counter()
    folder = cache / f"{name.replace(' ', '-')}-qat-{section.ranges}"
    outcome = qat.run(Step("qat", chosen, network.data, loaded, first, first, folder))
    seconds = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "qat.onnx"
        qat.export(outcome.network, chosen, loaded.signature, path)
        graph = frontend.load(path)
    tuned = scored(graph, network.data)
    d = network.data
    found = compare(outcome.network, graph, d.validation_x[:4096], bool(d.classes))  # type: ignore[arg-type]
    error = 100 * standard_error(floating / 100, d.test_y, len(d.classes))
    return {
        "network": name, "float": floating, "ptq": after, "qat": tuned, "loss": floating - tuned, "error": error,
        "seconds": seconds, "samples": len(d.test_y), "same": found.same, "same_once": found.same_once,
        "largest": found.largest,
        "ranges": section.ranges, "epochs": section.epochs, "learning_rate": outcome.facts["learning_rate"],
    }  # fmt: skip


def scale_channels(network: Any, shape: tuple[int, ...]) -> None:
    """Channels between layers times 2^-4 to 2^4 each: the same function. Convolutions must have no biases."""
    import torch

    wrapped = FakeQuantized(network, shape)  # has the same weights, not copies
    rng = np.random.default_rng(0)
    for pair in pairs(wrapped):
        channels = len(wrapped.operation(pair[0]).folded.weight)
        divide(wrapped, pair, torch.from_numpy(2 ** rng.uniform(-4, 4, channels)).float())


def plain(chosen: Recipe, loaded: checkpoint.Loaded, data: Data) -> tuple[float, float]:
    """The float network's score, and that of its int8 form without any tuning."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "float.onnx"
        export.write(chosen, loaded.network, loaded.signature, path)
        graph = passes.optimize(frontend.load(path))
    given = np.ascontiguousarray(data.train_x.reshape(-1, *graph.tensors[graph.inputs[0]].shape[1:]), np.float32)
    calibration = choose_samples(graph, {graph.inputs[0]: given}, SAMPLES, 0, data.train_y if data.classes else None)
    return scored(graph, data), scored(quantize(graph, calibration, chosen.quantize), data)


def scored(graph: Any, data: Data) -> float:
    """Points on the test part."""
    name = graph.inputs[0]
    x = np.ascontiguousarray(data.test_x.reshape(-1, *graph.tensors[name].shape[1:]), np.float32)
    return 100 * score(outputs(graph, {name: x}), x, data.test_y, len(data.classes))


if __name__ == "__main__":
    main()
