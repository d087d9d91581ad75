"""Networks with fake quantization, their Q/DQ models, and the int8 graphs read from those: integer by integer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from torch import nn  # noqa: E402

from edgekit.crosstrain.qat import onnx_writer  # noqa: E402
from edgekit.crosstrain.qat.agreement import Agreement, LayerAgreement, compare  # noqa: E402
from edgekit.crosstrain.qat.equalization import divide, equalize, pairs  # noqa: E402
from edgekit.crosstrain.qat.network import FakeQuantized  # noqa: E402
from edgekit.errors import EdgekitError, InputError, UnsupportedError, VerificationError  # noqa: E402
from edgekit.frontend.onnx import read  # noqa: E402
from edgekit.graph import Graph  # noqa: E402
from edgekit.recipe import QuantizeSection  # noqa: E402
from edgekit.zoo.models import autoencoder, dscnn, lenet5, mobilenet_v1, mobilenet_v2, resnet8  # noqa: E402
from tests.crosstrain.qat.conftest import settled  # noqa: E402

IMAGE = (1, 16, 16)


def made(network: Any, shape: tuple[int, ...], **options: Any) -> tuple[FakeQuantized, Any]:
    network, x = settled(network, shape)
    found = FakeQuantized(network, shape, **options)
    found.calibrate(x, QuantizeSection())
    return found, x


def trained(network: FakeQuantized, x: Any, steps: int = 4) -> None:
    """A few steps, so that nothing is as calibrated."""
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    wanted = 4 * torch.randn(network.eval()(x).shape)
    network.freeze_after = steps // 2
    network.train()
    for _ in range(steps):
        optimizer.zero_grad()
        (network(x) - wanted).square().mean().backward()
        optimizer.step()
    network.eval()


def graph_of(network: FakeQuantized) -> Graph:
    return read(onnx_writer.model(network, softmax=False).SerializeToString())


def agreement(network: FakeQuantized, x: Any) -> tuple[Agreement, Graph]:
    graph, array = graph_of(network), x.numpy()
    return compare(network, graph, array.transpose(0, 2, 3, 1) if array.ndim == 4 else array, False), graph


ZOO = {
    "resnet8": (resnet8, {"filters": 4}), "dscnn": (dscnn, {"filters": 8, "blocks": 2}),
    "mobilenet_v1": (mobilenet_v1, {"width": 0.1}),
    "autoencoder": (autoencoder, {"hidden": (16, 8)}), "lenet5": (lenet5, {"width": 0.5}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "ranges"), [*((n, "lsq") for n in ZOO), ("dscnn", "moving-average")])
def test_every_integer_and_every_scale_is_the_trained_one(name: str, ranges: Any) -> None:
    module, options = ZOO[name]
    network, x = made(module.build(IMAGE, 4, **options), IMAGE, ranges=ranges)
    trained(network, x)
    found, graph = agreement(network, x)
    assert found.same == 1.0 and found.largest == 0
    assert len(found.layers) + len(found.moved) == len(network.order) + 1
    for layer in found.layers:
        q = network.quantizer(layer.layer).quantization()
        assert graph.tensors[layer.tensor].quantization == q  # bit for bit
    assert max(layer.once for layer in found.layers[:2]) <= 1  # what rounds once is a step apart at most, per layer
    for node in graph.nodes:
        if len(node.inputs) > 1 and node.op.name in ("conv_2d", "depthwise_conv_2d", "fully_connected"):
            q, x_in = graph.tensors[str(node.inputs[1])].quantization, graph.tensors[str(node.inputs[0])]
            layer = node.outputs[0].removesuffix("_int8") if node.outputs[0] != "output" else network.output
            steps = (torch.tensor(float(t.scale)) for t in (x_in, graph.tensors[node.outputs[0]]))
            _, _, scale = network.operation(layer).folded.integers(*steps)
            np.testing.assert_array_equal(q.scale, scale.detach().numpy())  # type: ignore[union-attr]


class Odd(nn.Module):  # type: ignore[misc]
    """What the zoo has not: concatenation, groups, dilation, both pools with padding, free-standing rectifiers."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(2, 8, 3, padding=1)
        self.b = nn.Conv2d(2, 8, 3, padding=2, dilation=2, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(16, 8, 1, groups=2)
        self.max = nn.MaxPool2d(3, 2, 1)
        self.mean = nn.AvgPool2d(3, 2, 1)
        self.inner = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(16, 5)
        self.six = nn.ReLU6()

    def forward(self, x: Any) -> Any:
        y = torch.cat([self.six(self.a(x)), self.bn(self.b(x))], dim=1)
        y = torch.relu(self.grouped(y))
        a, b = self.max(y), nn.functional.relu(self.inner(self.mean(y)))
        a = torch.relu(a + b) + a
        y = torch.cat((a.mean((2, 3)), nn.functional.adaptive_avg_pool2d(self.six(b + b), 1).view(b.size(0), -1)), 1)
        return torch.softmax(self.head(self.drop(y)), dim=-1)


def test_odd_layers() -> None:
    network, x = made(Odd(), (2, 12, 12))
    trained(network, x)
    found, graph = agreement(network, x)
    gaps = {layer.layer: layer.largest for layer in found.layers}
    assert gaps.pop("softmax") <= 1  # a float function, rounded; the integers come from a table
    assert set(gaps.values()) == {0}
    assert {"concatenation", "split", "max_pool_2d", "average_pool_2d", "relu", "add"} <= {
        n.op.name for n in graph.nodes
    }


def test_layers_in_int16() -> None:
    network, x = made(resnet8.build(IMAGE, 4, filters=4), IMAGE, int16=("3.body.0", "5.body.4"))
    trained(network, x)
    found, graph = agreement(network, x)
    wide = {layer.layer for layer in found.layers if graph.tensors[layer.tensor].dtype == "int16"}
    assert wide == {"3.body.0", "5.body.4"}
    for layer in found.layers:
        assert graph.tensors[layer.tensor].quantization == network.quantizer(layer.layer).quantization()
    assert next(layer.largest for layer in found.layers if layer.layer == "3.body.0") <= 4  # of 65,535


def test_the_model_runs_in_onnxruntime() -> None:
    ort = pytest.importorskip("onnxruntime")
    network, x = made(lenet5.build(IMAGE, 4), IMAGE)
    session = ort.InferenceSession(onnx_writer.model(network, softmax=False).SerializeToString())
    with torch.no_grad():
        want = network(x[:8])
    found = np.concatenate([session.run(None, {"input": one[None].numpy()})[0] for one in x[:8]])
    assert np.linalg.norm(found - want.numpy()) < 0.05 * np.linalg.norm(want.numpy())  # it rounds in its own ways


def test_calibration_is_that_of_quantization_after_training() -> None:
    from edgekit.quantization.parameters import activation_parameters

    network, x = made(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()), IMAGE, ranges="moving-average")
    want = activation_parameters(float(x.min()), float(x.max()))
    assert network.quantizer("input").quantization() == want


def test_equalization_mends_channels_of_unlike_ranges() -> None:
    network, x = made(mobilenet_v2.build(IMAGE, 4, width=0.1, relu="relu"), IMAGE)

    def error() -> float:
        with torch.no_grad():
            return float((network.eval()(x) - real).norm() / real.norm())

    with network.floating():
        real = network(x)
    plain = error()
    torch.manual_seed(0)
    for pair in pairs(network):
        divide(network, pair, 2 ** (8 * torch.rand(len(network.operation(pair[0]).folded.weight)) - 4))
    with network.floating():
        torch.testing.assert_close(network(x), real, rtol=1e-3, atol=1e-3)
    network.calibrate(x, QuantizeSection())
    hostile = error()
    assert equalize(network, x)
    network.calibrate(x, QuantizeSection())
    with network.floating():
        torch.testing.assert_close(network(x), real, rtol=1e-3, atol=1e-3)
    assert hostile > 3 * plain and error() < 1.5 * plain


class Branches(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x: Any) -> Any:
        return self.inner(x) if x.sum() > 0 else x


def twice() -> Any:
    layer = nn.Linear(4, 4)
    return nn.Sequential(layer, nn.ReLU(), layer)


class Several(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x: Any) -> Any:
        return self.inner(x), x


REFUSED = {
    "control flow": (lambda: nn.Sequential(nn.Linear(4, 4), Branches()), (4,), r"layer 1: .*control flow"),
    "unknown layer": (lambda: nn.Sequential(nn.Linear(4, 4), nn.GELU()), (4,), r"layer 1: GELU has no.*there is: add"),
    "free norm": (lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 2)), (4,), r"layer 1: is a batch"),
    "used twice": (twice, (4,), r"layer 0: is used twice"),
    "reflection": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3, padding_mode="reflect")), IMAGE, r"pads with reflect"),
    "matrices": (lambda: nn.Sequential(nn.Linear(16, 4)), IMAGE, r"layer 0: takes samples of .*Flatten"),
    "several outputs": (Several, (4,), r"must give one tensor"),
    "nothing": (lambda: nn.Sequential(nn.Identity(), nn.Dropout()), (4,), r"computes nothing|cannot be followed"),
    "ceil mode": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, ceil_mode=True)), IMAGE, r"1: ceil_mode"),
    "global pool": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(2)), IMAGE, r"adaptive pools"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_followed_is_named_with_a_next_step(name: str) -> None:
    build, shape, message = REFUSED[name]
    with pytest.raises(EdgekitError, match=message) as found:
        FakeQuantized(build(), shape)
    assert found.type is UnsupportedError and found.value.fix


def test_an_unknown_int16_layer_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"\[qat\] int16: there is no layer 'conv9'.*0, 2"):
        FakeQuantized(nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)), (4,), int16=("conv9",))


def test_data_that_is_not_finite_is_refused() -> None:
    network = FakeQuantized(nn.Sequential(nn.Linear(4, 4)), (4,))
    with pytest.raises(InputError, match="layer input: becomes NaN"):
        network.calibrate(torch.full((2, 4), float("nan")), QuantizeSection())


def test_disagreement_is_an_error() -> None:
    found = Agreement(1000, 0.998, 1.0, True, (LayerAgreement("0", "0_int8", "int8", 1.0, 0, 4, 5),), ())
    with pytest.raises(VerificationError, match=r"99.9%.*found 99.80%"):
        found.require("[qat]")
