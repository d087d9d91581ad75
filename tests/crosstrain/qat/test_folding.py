"""Batch norms that are folded, and their statistics."""

from __future__ import annotations

import copy
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from edgekit.crosstrain.qat.folding import Folded  # noqa: E402
from edgekit.crosstrain.qat.network import FakeQuantized  # noqa: E402
from edgekit.errors import UnsupportedError  # noqa: E402
from edgekit.recipe import QuantizeSection  # noqa: E402
from tests.crosstrain.qat.conftest import settled  # noqa: E402


def layers() -> tuple[Any, Any]:
    torch.manual_seed(0)
    conv, norm = nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, -0.7, 2.0, 1e-3, 0.3]))
        norm.bias.normal_()
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.2, 3)
    return conv, norm


def test_batch_statistics_are_those_of_the_batch_norm() -> None:
    conv, norm = layers()
    mine = Folded("layer", copy.deepcopy(conv), copy.deepcopy(norm), True, True)
    x = torch.randn(8, 3, 9, 9, generator=torch.Generator().manual_seed(1)) + 0.5
    want = norm.train()(conv(x))
    weight, _ = mine.folded()
    found = mine.renormalized(functional.conv2d(x, weight))
    torch.testing.assert_close(found, want, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mine.norm.running_var, norm.running_var, rtol=1e-4, atol=1e-4)
    # the convolution's bias is kept in the running mean
    torch.testing.assert_close(mine.norm.running_mean, norm.running_mean - conv.bias, rtol=1e-4, atol=1e-4)
    target = torch.randn(found.shape, generator=torch.Generator().manual_seed(2))
    (found * target).sum().backward()
    (want * target).sum().backward()
    torch.testing.assert_close(mine.weight.grad, conv.weight.grad, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(mine.norm.weight.grad, norm.weight.grad, rtol=1e-3, atol=1e-3)


def test_a_dead_channel_stays_finite() -> None:
    conv, norm = layers()
    with torch.no_grad():
        norm.weight[0] = 0
        conv.weight[1] = 0
    mine = Folded("layer", conv, norm, True, True)
    before = mine.norm.running_mean.clone()
    weight, _ = mine.fake(torch.tensor(0.1), torch.tensor(0.1))
    found = mine.renormalized(functional.conv2d(torch.randn(4, 3, 9, 9), weight))
    found.square().sum().backward()
    for parameter in (mine.weight, mine.norm.weight, mine.norm.bias, mine.log_factor):
        assert torch.isfinite(parameter.grad).all()
    assert mine.norm.running_mean[0] == before[0]


@pytest.mark.parametrize("ranges", ["lsq", "moving-average"])
def test_statistics_and_ranges_hold_still_once_frozen(ranges: Any) -> None:
    network, x = settled(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()), (3, 8, 8))
    found = FakeQuantized(network, (3, 8, 8), ranges=ranges)
    found.calibrate(x, QuantizeSection())
    found.freeze_after = 2
    found.train()
    states = []
    for _ in range(4):
        found(2 * x + 1)
        states.append({name: value.clone() for name, value in found.named_buffers() if name != "trained"})
    same = [all(torch.equal(a[k], b[k]) for k in a) for a, b in zip(states, states[1:], strict=False)]
    assert same == [False, True, True]
    names = "extremes" if ranges == "moving-average" else "running_mean"
    assert any(names in k and not torch.equal(states[0][k], states[1][k]) for k in states[0])


def test_a_norm_without_statistics_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"layer 0: must keep running statistics"):
        FakeQuantized(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False)), (3, 8, 8))
