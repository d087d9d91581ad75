"""Winograd's form of the 3x3 convolution gives the simulator's integers: on the host and on emulated cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit import conv_2d as emitter
from edgekit.backends.c.forms.dsp import conv_2d, conv_2d_winograd
from edgekit.graph import Graph, Node
from edgekit.graph.operator import ACTIVATIONS
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.reference import picker
from tests.reference.picker import RandomPicker, choose


def _graph(seed: int, kernel: int = 3, channels: int = 0, filters: int = 0) -> Graph:
    """Any padding and size, odd ones too; data and weights at both ends among them."""
    pick = RandomPicker([77, seed])
    op = Conv2D((1, 1), (1, 1), choose(pick, ("same", "valid")), choose(pick, ACTIVATIONS))
    channels = channels or choose(pick, (pick.integer(1, 9), 4 * pick.integer(1, 8), 16, 64, 68, 130))
    filters = filters or 2 * pick.integer(1, 5)
    graph = Graph("conv_2d", inputs=["x"], outputs=["y"])
    graph.add(picker.activation(pick, "x", (choose(pick, (1, 1, 2)), pick.integer(3, 7), pick.integer(3, 9), channels)))
    names = ("x", *picker.weights_and_bias(pick, graph, (filters, kernel, kernel, channels), 0))
    (shape,) = op.infer([graph.tensors[n] for n in names])
    graph.add(picker.activation(pick, "y", shape))
    graph.nodes = [Node(op, names, ("y",))]
    graph.validate()
    return graph


def _form(graph: Graph) -> Call | None:
    (node,) = graph.nodes
    layer = Layer(node.op, graph.node_inputs(node), graph.node_outputs(node), "cortex-m4")
    return conv_2d_winograd.form(layer, emitter.emit(layer))


CASES = [
    proof.Case(f"winograd_{seed}", graph, seed, 2, proof.GUARD)
    for seed in range(40)
    if _form(graph := _graph(seed)) is not None
]


@pytest.fixture
def preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """Winograd's form wherever it can be taken."""
    plain = conv_2d.form
    monkeypatch.setattr(conv_2d, "form", lambda layer, call: conv_2d_winograd.form(layer, call) or plain(layer, call))


@pytest.mark.usefixtures("preferred")
def test_cases() -> None:
    assert len(CASES) >= 12
    calls = [proof.first_forms(case.graph, "cortex-m4")[0] for case in CASES]
    assert all(isinstance(call, Call) and call.kernel == "conv_2d_winograd_dsp" for call in calls)
    outputs = [case.graph.tensors["y"].shape for case in CASES]
    assert any(y[1] % 2 for y in outputs)
    assert {y[2] % 4 for y in outputs} == {0, 1, 2, 3}
    channels = [case.graph.tensors["x"].shape[3] for case in CASES]
    assert any(c % 4 for c in channels) and {16, 64, 68, 130} <= set(channels)


@pytest.mark.usefixtures("preferred")
@pytest.mark.usefixtures("host_as_m4")
def test_host(tmp_path: Path) -> None:
    proof.prove(CASES, "host-c", tmp_path, sanitize=True)


@pytest.mark.usefixtures("preferred")
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33"])
def test_emulated(target: str, tmp_path: Path) -> None:
    proof.prove(CASES, target, tmp_path)


def test_refused() -> None:
    """Other kernels, an odd number of outputs."""
    seed = int(CASES[0].name.split("_")[1])
    for graph in (_graph(seed, kernel=1), _graph(seed, filters=3)):
        assert _form(graph) is None


def test_largest_values_fit() -> None:
    """Transformed weights are halfwords whatever the data."""
    weights = np.full((2, 3, 3, 16), -128, np.int8)
    assert np.abs(conv_2d_winograd.transformed(weights).astype(int)).max() == 9 * 128
