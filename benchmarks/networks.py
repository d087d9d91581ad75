"""The trained float networks that accuracy benchmarks quantize, made by edgekit's own trainer and kept between runs.

Data lie in a folder given by the caller, one subfolder per data set; checkpoints in another. A network is trained once
(minutes on one thread); its recipe, seed included, is below.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import train
from edgekit.recipe import Recipe
from edgekit.zoo.data import Data

Array = NDArray[Any]

CIFAR = {"dataset": "cifar10", "path": "cifar10/cifar10_train_jpeg.zip", "test": 0.2, "validation": 0.05}
FASHION = {"dataset": "idx", "path": "fashion_mnist", "validation": 0.05}
DIGITS = {
    "dataset": "wav_folder", "path": "free_spoken_digit/fsdd_recordings.zip", "test": 0.3,
    "options": {"label": r"^(?:.*/)?(\d+)_", "rate": 8000},
}  # fmt: skip
IMU = {"dataset": "imu_windows", "path": "watch_imu/watch_dataset.npz", "test": 0.3,
       "options": {"window": 128, "stride": 32}}  # fmt: skip
IMAGES = ("flip", "crop")

RECIPES: dict[str, dict[str, Any]] = {
    "resnet8": {
        "data": CIFAR,
        "model": {"network": "resnet8"},
        "train": {"epochs": 14, "learning_rate": 4e-3, "augment": IMAGES},
    },
    "mobilenet_v1": {
        "data": FASHION,
        "model": {"network": "mobilenet_v1", "options": {"width": 0.25}},
        "train": {"epochs": 8, "learning_rate": 4e-3},
    },
    "dscnn": {
        "data": DIGITS,
        "model": {"network": "dscnn"},
        "train": {"epochs": 12, "learning_rate": 2e-3},
    },
    "imu": {
        "data": IMU,
        "model": {"network": "dscnn", "options": {"kernel": [16, 1], "stride": [4, 1], "blocks": 2, "filters": 32}},
        "train": {"epochs": 6, "learning_rate": 2e-3},
    },
    "autoencoder": {
        "data": {**FASHION, "normal": ["0", "2", "4", "6"]},
        "model": {"network": "autoencoder"},
        "train": {"epochs": 8, "learning_rate": 2e-3},
    },
    "mobilenet_v2": {
        "data": FASHION,
        "model": {"network": "mobilenet_v2", "options": {"width": 0.35, "relu": "relu"}},
        "train": {"epochs": 5, "learning_rate": 4e-3},
    },
}


@dataclass(frozen=True)
class Network:
    """A trained network: the recipe, its data, and the float ONNX file without softmax."""

    name: str
    recipe: Recipe
    data: Data
    onnx: Path


def recipe(name: str, data: Path, seed: int = 0) -> Recipe:
    """The recipe of one network; data sets lie in `data`."""
    found = RECIPES[name]
    section = {**found["data"], "path": data / found["data"]["path"]}
    return Recipe.model_validate(
        {"name": name, **found, "data": section, "train": {**found["train"], "seed": seed, "threads": 1}}
    )


def trained(name: str, data: Path, cache: Path, seed: int = 0) -> Network:
    """The network, trained when `cache` does not hold it."""
    chosen = recipe(name, data, seed)
    loaded = train.load_data(chosen.data)
    folder = cache / f"{name}-{seed}"
    result = train.train(chosen, folder, data=loaded)
    onnx = folder / "model.onnx"
    if not onnx.exists():
        train.export_onnx(chosen, result.checkpoint, onnx, softmax=False)
    return Network(name, chosen, loaded, onnx)


def hostile(source: Path, output: Path, seed: int = 0, only_activations: bool = False) -> None:
    """The same network, with the channels between convolutions scaled by 2^-4 to 2^4 each, as training may leave them.

    Where only a ReLU lies between two convolutions, channel c of the first is multiplied by a factor and what the
    second reads of it divided by the same: the function stays, the ranges of weights and activations do not.
    With `only_activations` the second is depthwise, so that every channel's weights keep a scale of their own.
    """
    import onnx
    from onnx import numpy_helper

    rng = np.random.default_rng(seed)
    model = onnx.load(source)
    constants = {t.name: t for t in model.graph.initializer}
    readers: dict[str, list[Any]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def scale(name: str, factor: Array, axis: int) -> None:
        old = numpy_helper.to_array(constants[name])
        shape = [1] * old.ndim
        shape[axis] = -1
        constants[name].CopyFrom(numpy_helper.from_array((old * factor.reshape(shape)).astype(np.float32), name))

    for node in model.graph.node:
        relu = readers.get(node.output[0], [])
        if node.op_type != "Conv" or len(relu) != 1 or relu[0].op_type != "Relu":
            continue
        after = readers.get(relu[0].output[0], [])
        if len(after) != 1 or after[0].op_type != "Conv":
            continue
        channels = constants[node.input[1]].dims[0]
        grouped = constants[after[0].input[1]].dims[1] == 1 and channels > 1
        if only_activations and not grouped:
            continue
        factor = 2 ** rng.uniform(-4, 4, channels)
        scale(node.input[1], factor, 0)
        scale(node.input[2], factor, 0)
        scale(after[0].input[1], 1 / factor, 0 if grouped else 1)
    onnx.save(model, output)
