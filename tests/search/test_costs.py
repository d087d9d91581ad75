"""What latency is counted in: one unit for all trials of a search, and what it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgekit.graph import Graph
from edgekit.recipe import Recipe
from edgekit.report.search import _Axis, sentences
from edgekit.target import find_target
from tests.backends.graphs import small_int8

pytest.importorskip("optuna", reason="needs the extra search")

Make = Callable[..., Recipe]


@pytest.fixture
def graph() -> Graph:
    return small_int8()


def test_cycles_before_instructions_before_macs(graph: Graph) -> None:
    from edgekit.search.costs import broken, costs

    board = find_target("nano33ble")
    found, counted = costs(graph, board), costs(graph, board, "instructions")
    assert (found.unit, counted.unit, costs(graph, board, "MACs").unit) == ("cycles", "instructions", "MACs")
    assert found.values["latency"] > counted.values["latency"] > 0
    assert costs(graph, board, "MACs").values["latency"] == graph.macs()
    small = board.with_options({"optimize": "flash"})
    without = costs(graph, small, "cycles")
    assert without.unit == "instructions"
    assert broken(without, {"latency": 1.0}, small, "cycles") == {
        "latency": (1.0, "the target's cost model gives no cycles")
    }
    assert "the limit is 1" in broken(without, {"latency": 1.0}, small)["latency"][1]
    assert costs(graph, find_target("coral")).unit == "MACs"


@pytest.mark.parametrize(
    ("choices", "unit"), [(["speed", "ram"], "cycles"), (["flash", "speed"], "instructions"), (None, "cycles")]
)
def test_one_unit_for_all_that_is_tried(recipe: Make, tmp_path: Path, choices: Any, unit: str) -> None:
    """Where one of the target's options leaves no cycles, every trial counts instructions."""
    pytest.importorskip("torch", reason="needs the extra train")
    from edgekit.search.plan import _unit
    from edgekit.search.space import values_of
    from edgekit.search.trial import Bench

    space = {"train.epochs": {"low": 1, "high": 2}}
    made = recipe(space if choices is None else {**space, "target.nano33ble.optimize": {"choices": choices}})
    assert _unit(Bench(made, values_of(made), "nano33ble", tmp_path, 1)) == unit


def test_what_latency_is_counted_in_is_said() -> None:
    found = {"trials": [], "front": [], "target": "nano33ble"}
    said = {unit: sentences({**found, "unit": unit})[-1] for unit in ("cycles", "instructions", "MACs")}
    assert "estimated cycles" in said["cycles"]
    assert "counted in instructions: not all layers have estimated cycles" in said["instructions"]
    assert "no cost model" in said["MACs"]


def test_how_many_trials_keep_the_limits_and_why_the_last_one_does_not() -> None:
    def trial(number: int, state: str, when: str = "", why: str = "") -> dict[str, object]:
        return {"number": number, "state": state, "when": when, "why": why}

    early = trial(1, "infeasible", "before training", "ram 9,000, the limit is 8,192")
    one = {"trials": [trial(0, "done"), early], "front": [0], "target": "nano33ble", "unit": "cycles"}
    assert sentences(one)[:2] == [
        "1 trial keeps all limits, 1 of them is the Pareto front",
        "1 does not, 1 of them was found out before any training; trial 1: ram 9,000, the limit is 8,192",
    ]
    more = {**one, "trials": [trial(0, "done"), early, trial(2, "infeasible", why="late"), trial(3, "done")]}
    assert sentences(more)[:2] == [
        "2 trials keep all limits, 1 of them is the Pareto front",
        "2 do not, 1 of them was found out before any training; trial 2: late",
    ]


def test_the_axis_of_accuracy_ends_at_all_of_it() -> None:
    assert max(_Axis([0.9775], 0, 300, linear=True, most=1.0).ticks()) == 1.0
    assert max(_Axis([0.9775], 0, 300, linear=True).ticks()) > 1.0  # an error has no such end
    assert _Axis([1.0], 0, 300, linear=True, most=1.0)(1.0) == 300
