"""Groups of layers that run stripe by stripe: exact, inside their buffers, and smaller."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends import c
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.groups import divide, price
from edgekit.backends.c.memory import memory_map
from edgekit.backends.c.tiles import loops
from edgekit.frontend import load
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.pad import Pad
from edgekit.target import load_targets
from edgekit.verification import random_inputs
from tests.firmware.cases import chain_cases
from tests.firmware.proof import GUARD, Case, options_for, prove

CORES = {"host-c": "portable", "qemu-m4": "cortex-m4", "qemu-m55": "cortex-m55"}


@pytest.mark.parametrize("target", CORES)
def test_chains(target: str, tmp_path: Path) -> None:
    host = target == "host-c"
    prove(chain_cases(0, 24 if host else 12, CORES[target]), target, tmp_path / "proof", sanitize=host)


@pytest.mark.slow
@pytest.mark.parametrize("target", CORES)
def test_many_chains(target: str, tmp_path: Path) -> None:
    prove(chain_cases(100, 60, CORES[target]), target, tmp_path / "proof", sanitize=target == "host-c")


def test_chains_have_groups_of_all_kinds() -> None:
    """So that the proofs above are about something."""
    smaller = rolling = borders = upwards = loops_ = 0
    for case in chain_cases(0, 24):
        calls = calls_of(case.graph, "portable")
        groups = case.groups or divide(case.graph, "portable", case.optimize).groups
        plain, found = memory_map(case.graph, calls), memory_map(case.graph, calls, groups=groups)
        assert found.plan.bound <= found.arena and (found.arena <= plain.arena or case.groups)
        smaller += found.arena < plain.arena
        rolling += any(group.schedule.moved(group.row_bytes) for group in groups)
        borders += any(group.hidden for group in groups)
        upwards += any(group.schedule.upwards for group in groups)
        loops_ += any(loop.count > 1 for group in groups for loop in loops(group))
    assert min(smaller, rolling, borders, upwards, loops_) >= 5, (smaller, rolling, borders, upwards, loops_)


@pytest.mark.parametrize(
    ("name", "core", "most"),
    [
        ("vww_96_int8", "cortex-m4", 31_000),
        ("ic_resnet8_int8", "cortex-m55", 18_000),
        ("kws_dscnn_int8", "cortex-m4", 12_000),
    ],
)
def test_models_in_little_ram(name: str, core: str, most: int, shared: Path) -> None:
    """The visual wake words' input alone is 27,648 bytes of it."""
    graph = load(shared / "models" / "mlperf_tiny" / f"{name}.tflite")
    division = divide(graph, core, "ram")
    found = memory_map(graph, division.calls, groups=division.groups)
    assert found.plan.bound <= found.arena <= most
    cost = price(graph, division, core)
    assert cost["arena_bytes"] == memory_map(graph, calls_of(graph, core)).arena and cost["calls"] > 0


def test_no_more_is_divided_than_the_limit_asks(shared: Path) -> None:
    graph = load(shared / "models" / "mlperf_tiny" / "ic_resnet8_int8.tflite")
    calls = calls_of(graph, "portable")
    plain, costs = memory_map(graph, calls).arena, []
    for limit in (plain, 40_000, 25_000, 16_000):
        division = divide(graph, "portable", limit=limit)
        assert memory_map(graph, calls, groups=division.groups).arena <= limit
        costs.append(price(graph, division, "portable")["instructions"])
    assert costs[0] == 0 and costs == sorted(costs)


def padded(value: float, sides: tuple[int, int], padding: Padding = "valid") -> Graph:
    """A pad of rows and columns, then a convolution of stride 2."""
    graph = Graph("padded", inputs=["x"], outputs=["y"])
    scale = Quantization.per_tensor(0.05, -3)
    graph.add(Tensor("x", (1, 8, 8, 4), "int8", scale))
    graph.add(Tensor("p", (1, 8 + sum(sides), 8 + sum(sides), 4), "int8", scale))
    weights = np.random.default_rng(0).integers(-127, 128, (4, 3, 3, 4)).astype(np.int8)
    graph.add(Tensor.constant("w", weights, Quantization.per_channel(np.full(4, 0.01, np.float32), 0)))
    conv = Conv2D((2, 2), (1, 1), padding)
    graph.nodes = [Node(Pad(((0, 0), sides, sides, (0, 0)), value), ("x",), ("p",)), Node(conv, ("p", "w"), ("y",))]
    (shape,) = conv.infer([graph.tensors["p"], graph.tensors["w"]])
    graph.add(Tensor("y", shape, "int8", scale))
    graph.validate()
    return graph


@pytest.mark.parametrize(
    ("value", "sides", "folded"),
    [(0.0, (1, 1), True), (0.02, (1, 1), True), (1.0, (1, 1), False), (0.0, (2, 0), True), (0.0, (3, 0), False)],
)
def test_pads_become_borders_where_they_are_zeros(
    value: float, sides: tuple[int, int], folded: bool, tmp_path: Path
) -> None:
    """0.02 is rounded to the zero point; a window of the last case sees nothing of the input."""
    graph = padded(value, sides)
    assert bool(divide(graph, "portable").groups) == folded
    prove([Case("padded", graph, guard=GUARD)], "host-c", tmp_path / "proof", sanitize=True)


def test_a_pad_that_others_read_is_computed() -> None:
    graph = padded(0.0, (1, 1))
    graph.outputs.append("p")
    assert not divide(graph, "portable").groups


def test_a_group_is_one_layer_of_the_firmware(shared: Path, tmp_path: Path) -> None:
    """In verify and bench, by its last node; nothing is left out of either."""
    options_for("host-c")
    graph = load(shared / "models" / "mlperf_tiny" / "ic_resnet8_int8.tflite")
    made = c.compile(graph, load_targets()["host-c"], tmp_path, {"optimize": "ram"})
    groups = made.facts["groups"]
    assert groups["arena_bytes"] > 2 * made.facts["arena_bytes"] and groups["moved_bytes"] > 0
    found, counted = c.verify(tmp_path, random_inputs(graph, 2, 0)), c.bench(tmp_path)
    assert found.exact and [x.layer for x in found.layers] == [x["layer"] for x in counted["layers"]]
    long = {name: nodes for name, nodes in groups["layers"].items() if len(nodes) > 1}
    assert long and {x.layer for x in found.layers if x.op.endswith(")")} == set(long)
    assert sum(x["macs"] for x in counted["layers"]) == graph.macs()


def test_a_limit_that_cannot_be_met_is_said(shared: Path) -> None:
    graph = load(shared / "models" / "mlperf_tiny" / "kws_dscnn_int8.tflite")
    target = load_targets()["qemu-m4"]
    assert not c.check(graph, target.with_options({"ram_limit": 12_000}))
    (said,) = c.check(graph, target.with_options({"ram_limit": 4_000}))
    assert said.op == "ram_limit" and "4,000" in said.found


@pytest.mark.slow
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m55"])
def test_the_cost_is_as_predicted(target: str, shared: Path, tmp_path: Path) -> None:
    """Of the visual wake words: within a third of what is counted, or three thousandths of the whole."""
    options_for(target)
    graph, totals, predicted = load(shared / "models" / "mlperf_tiny" / "vww_96_int8.tflite"), {}, 0
    for optimize in ("speed", "ram"):
        (tmp_path / optimize).mkdir()
        made = c.compile(graph, load_targets()[target], tmp_path / optimize, {"optimize": optimize})
        totals[optimize], predicted = c.bench(tmp_path / optimize)["total"], made.facts["groups"]["instructions"]
    counted = totals["ram"] - totals["speed"]
    assert abs(predicted - counted) <= max(abs(counted) / 3, totals["speed"] / 333)
