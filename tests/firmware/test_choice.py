"""What the objectives and the limits choose: each is best at its own, none pays what its rule does not allow."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from benchmarks import graphs, sweep
from edgekit.backends import backend
from edgekit.backends.c import choice, counts
from edgekit.backends.c.call import Call
from edgekit.backends.c.choice import FLASH_WORTH, LEVELS, Optimize
from edgekit.backends.c.emission import calls_of, candidates_of
from edgekit.backends.c.fit import CODE_BYTES, division_for
from edgekit.backends.c.groups import Division, divide, flash_bytes
from edgekit.backends.c.layers import constant_bytes
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph
from edgekit.target import Memory, Target, find_target

CORES = ("cortex-m4", "cortex-m55")
TILED = 1.05  # whole 1x1 layers have one form on the M55, which tiles of few pixels do without: ram can be smaller
MAKES = {make.__name__: make for make in graphs.NETWORKS}


@cache
def network(name: str) -> Graph:
    return MAKES[name]()


@cache
def chosen(name: str, core: str, aim: Optimize, flash_limit: int | None = None) -> Division:
    return divide(network(name), core, aim, flash_limit=flash_limit)


def arena(name: str, found: Division) -> int:
    return memory_map(network(name), found.calls, groups=found.groups).arena


def flash(name: str, core: str, aim: Optimize, found: Division) -> int:
    return flash_bytes(network(name), found, core, LEVELS[aim])


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("name", MAKES)
def test_each_objective_is_best_at_its_own(name: str, core: str) -> None:
    """And pays for it no more than its rule allows."""
    aims: tuple[Optimize, ...] = ("speed", "ram", "flash")
    found = {aim: chosen(name, core, aim) for aim in aims}
    time = {aim: found[aim].cost.time for aim in aims}
    ram = {aim: arena(name, found[aim]) for aim in aims}
    size = {aim: flash(name, core, aim, found[aim]) for aim in aims}
    # a little time is given for kernels that are not worth their code
    assert time["speed"] <= min(time["ram"], time["flash"]) * (1 + choice.SAVED_BEYOND)
    assert ram["ram"] <= min(ram["speed"], ram["flash"])
    assert size["flash"] <= min(size["speed"], size["ram"] * (TILED if core == "cortex-m55" else 1))
    worth = FLASH_WORTH["ram"]
    cost = {aim: time[aim] * ram[aim] * size[aim] ** worth for aim in aims}
    assert cost["ram"] <= cost["speed"]
    fast = flash_bytes(network(name), found["speed"], core, "-Os")
    assert size["flash"] ** FLASH_WORTH["flash"] * time["flash"] <= fast ** FLASH_WORTH["flash"] * 2 * time["speed"]


@pytest.mark.parametrize("name", MAKES)
def test_stripes_do_not_pack_the_weights_again(name: str) -> None:
    """The tiles of a layer take the same packing, unless another one is worth its bytes."""
    graph, (speed, ram) = network(name), (chosen(name, "cortex-m4", aim) for aim in ("speed", "ram"))
    plain = constant_bytes(graph, speed.calls, speed.groups)
    assert constant_bytes(graph, ram.calls, ram.groups) <= 1.1 * plain


@pytest.mark.parametrize("core", CORES)
def test_limited_flash_is_bought_with_instructions(core: str) -> None:
    name, found = "resnet8", [chosen("resnet8", core, "speed")]
    for limit in (150_000, 100_000, 93_000):
        found.append(chosen(name, core, "speed", limit))
        assert flash(name, core, "speed", found[-1]) <= limit
    assert [d.cost.time for d in found] == sorted(d.cost.time for d in found)
    assert found[-1].cost.time < 2 * found[0].cost.time
    assert chosen(name, core, "speed", 1 << 20).cost == found[0].cost


def test_both_limits_at_once() -> None:
    both = divide(network("resnet8"), "cortex-m4", "speed", 30_000, flash_limit=120_000)
    assert arena("resnet8", both) <= 30_000 and flash("resnet8", "cortex-m4", "speed", both) <= 120_000


def with_flash(size: int) -> Target:
    return Target.model_copy(find_target("qemu-m4"), update={"memory": Memory(flash=size, ram=1 << 20)})


def test_forms_are_chosen_to_fit_the_board() -> None:
    """And a note says so; what cannot fit is refused with its figures."""
    graph, c = network("resnet8"), backend("c")
    large, none = division_for(graph, with_flash(1 << 20))
    small, notes = division_for(graph, with_flash(128 << 10))
    assert not none and "for the flash of" in notes[0] and small.cost.time > large.cost.time
    assert constant_bytes(graph, small.calls, small.groups) + CODE_BYTES <= 128 << 10
    assert not c.check(graph, with_flash(128 << 10)) and notes[0] in c.estimate(graph, with_flash(128 << 10)).notes
    (said,) = c.check(graph, with_flash(64 << 10))
    assert said.op == "flash"
    (said,) = c.check(graph, find_target("qemu-m4").with_options({"flash_limit": 10_000}))
    assert said.op == "flash_limit" and "10,000" in said.found


@pytest.mark.parametrize("make", [MAKES["dscnn"], MAKES["resnet8"]])
def test_chosen_twice_is_the_same(make: Callable[[], Graph]) -> None:
    first, second = (divide(make(), "cortex-m4", "flash") for _ in range(2))
    assert [getattr(c, "kernel", "") for c in first.calls] == [getattr(c, "kernel", "") for c in second.calls]


@pytest.mark.parametrize(("kernel", "stride", "in_c", "size"), [(3, 2, 3, (16, 16)), (1, 1, 8, (16, 16))])
def test_no_layer_goes_beyond_its_budget_for_cycles(kernel: int, stride: int, in_c: int, size: tuple[int, int]) -> None:
    """The form of the least time takes too many instructions; it is not taken as the smaller code either."""
    layer = sweep.conv((kernel, kernel), stride, in_c, 8, size)
    assert layer is not None
    core, graph = "cortex-m55", layer.graph
    candidates = [c for c in candidates_of(graph, graph.nodes[0], core) if isinstance(c, Call)]
    costs = {c.kernel: cost for c in candidates if (cost := counts.cost(c, core)) is not None}
    least = min(costs, key=lambda kernel: costs[kernel].time)
    (taken,) = calls_of(graph, core)
    assert isinstance(taken, Call) and costs[least].beyond and not costs[taken.kernel].beyond
    assert costs[taken.kernel].instructions <= taken.budget + counts.PLACE < costs[least].instructions
