"""Whole networks, exported by both of PyTorch's exporters, against onnxruntime; no transposes may be left."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.frontend import load
from edgekit.frontend.onnx import read
from edgekit.graph import Graph
from tests.frontend.onnx_models import inputs_of, largest_gap, operators_of, session

torch = pytest.importorskip("torch", reason="the test networks are made with PyTorch: install edgekit[train]")

SHAPES = {"mlp": (3, 8, 8), "lenet5": (1, 28, 28), "dscnn": (1, 25, 10), "mobilenet_v1": (3, 32, 32),
          "resnet8": (3, 32, 32), "autoencoder": (40,)}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {"dscnn": {"filters": 16}, "mobilenet_v1": {"width": 0.25}}


def randomized(network: Any) -> Any:
    """The network in evaluation mode, with norms as if trained, so that folding them has something to fold."""
    generator = torch.Generator().manual_seed(3)
    for module in network.modules():
        if hasattr(module, "running_mean") and module.running_mean is not None:
            module.running_mean.uniform_(-0.2, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            torch.nn.init.uniform_(module.bias, -0.3, 0.3, generator=generator)
    return network.eval()


def exported(network: Any, shape: tuple[int, ...], path: Path, dynamo: bool, opset: int, fold: bool = True) -> bytes:
    """The network as ONNX, with a dynamic batch."""
    sample = torch.zeros((2, *shape))
    batch: dict[str, Any] = {"dynamic_axes": {"input": {0: "batch"}}, "do_constant_folding": fold}
    if not fold:
        batch["training"] = torch.onnx.TrainingMode.PRESERVE  # keeps batch norms apart
    if dynamo:
        batch = {"dynamic_shapes": ({0: torch.export.Dim("batch", min=2)},), "external_data": False, "optimize": fold}
    level = logging.getLogger("torch.onnx").level
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(network, (sample,), str(path), dynamo=dynamo, opset_version=opset, input_names=["input"],
                              output_names=["output"], **batch)  # fmt: skip
    finally:
        logging.getLogger("torch.onnx").setLevel(level)
    return path.read_bytes()


def checked(data: bytes, nhwc: bool = True) -> Graph:
    graph = read(data)
    peer = session(data)
    assert largest_gap(data, graph, [inputs_of(peer, seed, -1, 1) for seed in range(2)], nhwc) <= 1e-5
    assert "transpose" not in operators_of(graph)
    return graph


@pytest.mark.parametrize("network", sorted(SHAPES))
def test_zoo_network_of_the_torchscript_exporter(network: str, tmp_path: Path) -> None:
    module: Any = plugins.module("edgekit.zoo.models", network)
    built = randomized(module.build(SHAPES[network], 5, **OPTIONS.get(network, {})))
    graph = checked(exported(built, SHAPES[network], tmp_path / "n.onnx", False, 17))
    apart = checked(exported(built, SHAPES[network], tmp_path / "n.onnx", False, 13, fold=False))
    assert operators_of(apart) == operators_of(graph)
    kinds = set(operators_of(graph))
    assert not kinds & {"mul", "relu", "relu6", "sub"} and ("add" in kinds) == (network == "resnet8")
    assert ("pad" in kinds) is False


@pytest.mark.parametrize("network", ["resnet8", "dscnn", "mlp"])
def test_zoo_network_of_the_dynamo_exporter(network: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="the exporter needs it")
    module: Any = plugins.module("edgekit.zoo.models", network)
    built = randomized(module.build(SHAPES[network], 5, **OPTIONS.get(network, {})))
    first = checked(exported(built, SHAPES[network], tmp_path / "n.onnx", True, 18))
    second = checked(exported(built, SHAPES[network], tmp_path / "n.onnx", False, 17))
    assert operators_of(first) == operators_of(second)


def mobile_block() -> Any:
    """MobileNetV2's inverted residual with a squeeze-and-excite branch (Howard et al. 2019)."""
    nn = torch.nn

    class Block(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU6())
            self.wide = nn.Sequential(nn.Conv2d(8, 16, 1), nn.BatchNorm2d(16), nn.ReLU6())
            self.deep = nn.Sequential(nn.Conv2d(16, 16, 3, 1, 1, groups=16), nn.BatchNorm2d(16), nn.Hardswish())
            self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 4, 1), nn.ReLU(), nn.Conv2d(4, 16, 1),
                                         nn.Hardsigmoid())  # fmt: skip
            self.narrow = nn.Sequential(nn.Conv2d(16, 8, 1), nn.BatchNorm2d(8))
            self.head = nn.Linear(8, 5)

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            y = self.deep(self.wide(x))
            x = x + self.narrow(y * self.squeeze(y))
            return torch.softmax(self.head(torch.nn.functional.dropout(x.mean((2, 3)), 0.2, self.training)), 1)

    return Block()


def shuffled() -> Any:
    """Concatenations, splits, paddings, poolings, activations and a slice between convolutions."""
    nn, functional = torch.nn, torch.nn.functional

    class Net(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 4, 3, padding=1, groups=2)
            self.c, self.act = nn.Conv2d(12, 6, (3, 1), stride=(2, 1)), nn.PReLU(8, 0.1)

        def forward(self, x: Any) -> Any:
            x = functional.pad(self.act(self.a(x)), (1, 2, 0, 1))
            x = torch.cat([x, torch.tanh(self.b(functional.leaky_relu(x, 0.2)))], 1)
            p, q = torch.split(self.c(x), 3, dim=1)
            x = torch.maximum(p, functional.silu(q)) - torch.minimum(p, q) * 0.5
            x = functional.avg_pool2d(functional.max_pool2d(x, 3, 2, 1), 3, 1, 1)
            return functional.interpolate(x[:, 1:, :-1], scale_factor=2, mode="bilinear", align_corners=False)

    return Net()


def convolutional_autoencoder() -> Any:
    """Flattened to a dense bottleneck and back: permuted features on both sides of it."""
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 6, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 16, 10),
        nn.ReLU(), nn.Linear(10, 6 * 16), nn.ReLU(), nn.Unflatten(1, (6, 4, 4)),
        nn.ConvTranspose2d(6, 4, 3, 2, 1, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.ConvTranspose2d(4, 1, 2, 2),
        nn.Sigmoid(),
    )  # fmt: skip


def temporal() -> Any:
    """One-dimensional: causal convolutions cut at their end (Bai et al. 2018), pooling, an upsampled branch."""
    nn, functional = torch.nn, torch.nn.functional

    class Net(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(nn.Conv1d(3, 8, 5, 2, 2), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(3, 2, 1))
            self.first, self.second = (nn.Conv1d(8, 8, 3, dilation=d, padding=2 * d) for d in (1, 2))
            self.deep = nn.Sequential(nn.Conv1d(8, 8, 3, 1, 1, groups=8), nn.Conv1d(8, 12, 1), nn.BatchNorm1d(12))
            self.head = nn.Linear(12, 5)

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            y = torch.relu(self.first(x)[:, :, :-2])
            x = x + torch.relu(self.second(y)[:, :, :-4])
            x = functional.interpolate(functional.avg_pool1d(x, 2), scale_factor=2.0, mode="nearest")
            return self.head(functional.hardswish(self.deep(x)).mean(-1))

    return Net()


NETWORKS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "mobile_block": (mobile_block, (3, 24, 20)),
    "shuffled": (shuffled, (3, 20, 17)),
    "convolutional_autoencoder": (convolutional_autoencoder, (1, 16, 16)),
    "temporal": (temporal, (3, 64)),
}


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize(("dynamo", "opset"), [(False, 14), (True, 20)])
def test_other_networks(name: str, dynamo: bool, opset: int, tmp_path: Path) -> None:
    make, shape = NETWORKS[name]
    torch.manual_seed(1)
    checked(exported(randomized(make()), shape, tmp_path / "n.onnx", dynamo, opset))


def test_batch_of_any_size_runs_in_one_call(tmp_path: Path) -> None:
    from edgekit.reference import Simulator

    network = convolutional_autoencoder().eval()
    graph = read(exported(network, (1, 16, 16), tmp_path / "n.onnx", False, 17))
    x = np.random.default_rng(0).normal(size=(5, 1, 16, 16)).astype(np.float32)
    (found,) = Simulator(graph).run({"input": x.transpose(0, 2, 3, 1)}).values()
    with torch.no_grad():
        expected = network(torch.from_numpy(x)).numpy().transpose(0, 2, 3, 1)
    assert np.abs(found - expected).max() < 1e-5


def test_external_data_is_read_beside_the_model_and_nowhere_else(tmp_path: Path) -> None:
    import onnx

    folder = tmp_path / "model"
    folder.mkdir()
    data = exported(torch.nn.Linear(6, 4).eval(), (6,), tmp_path / "n.onnx", False, 17)
    model = onnx.load_from_string(data)
    onnx.save(model, folder / "m.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    assert load(folder / "m.onnx").parameters() == 28
    with pytest.raises(InputError, match="external"):
        read((folder / "m.onnx").read_bytes())
    outside = tmp_path / "w.bin"
    (folder / "w.bin").rename(outside)
    with pytest.raises(InputError, match="missing or outside"):
        load(folder / "m.onnx")
    (folder / "w.bin").symlink_to(outside)
    with pytest.raises(InputError, match="missing or outside"):
        load(folder / "m.onnx")
    crafted = onnx.load_model(folder / "m.onnx", load_external_data=False)
    for location in ("../w.bin", str(outside), ""):
        crafted.graph.initializer[0].external_data[0].value = location
        (folder / "m.onnx").write_bytes(crafted.SerializeToString())
        with pytest.raises(InputError, match="external"):
            load(folder / "m.onnx")
    (folder / "w.bin").unlink()
    outside.rename(folder / "w.bin")
    for key, value in (("offset", "100000"), ("length", "-5"), ("offset", "x")):
        onnx.save(model, folder / "m.onnx", save_as_external_data=True, location="v.bin", size_threshold=0)
        crafted = onnx.load_model(folder / "m.onnx", load_external_data=False)
        for entry in crafted.graph.initializer[0].external_data:
            if entry.key == key:
                entry.value = value
        (folder / "m.onnx").write_bytes(crafted.SerializeToString())
        with pytest.raises(InputError, match="external data"):
            load(folder / "m.onnx")
