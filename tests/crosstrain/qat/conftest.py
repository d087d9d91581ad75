"""Networks with statistics of their own, and the small recipes of the trainer's tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.train.conftest import recipe as recipe  # a fixture


def settled(network: Any, shape: tuple[int, ...], seed: int = 0) -> tuple[Any, Any]:
    """The network with batch norms that have seen data and have scales of either sign, and samples (64, *shape)."""
    import torch

    torch.manual_seed(seed)
    x = torch.randn(64, *shape)
    network.train()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
                module.weight.normal_(1, 0.7)
                module.bias.normal_(0, 0.3)
                module.momentum = 0.5
        for _ in range(3):
            network(x)
    return network.eval(), x


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    """Equal bits are promised for an equal number of threads."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
