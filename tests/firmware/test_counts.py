"""The cost model: fresh, close to measured counts, silent where it knows nothing; and the choice that it makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import graphs
from benchmarks.measure import measure
from edgekit import plugins
from edgekit.analysis import analyze
from edgekit.backends import c
from edgekit.backends.c import choice, counts, cycles
from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.counts import Cost
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.project import firmware_folder
from edgekit.graph import Graph
from edgekit.target import find_target
from tests.firmware.proof import options_for
from tests.firmware.test_models import MODELS, model

REFIT = "python -m ci.fit_counts"
NOT_CALLED = {"roll"}  # of layers; groups call it
CLOSE = 0.05
CALL = 9  # instructions by which the call of a layer in an inference can differ from that in its own measurement
CALL_CYCLES = 18  # likewise: branches and registers that are saved
TEXT_LIMIT = 16 << 10
CONVOLUTIONAL = [make for make in graphs.NETWORKS if make is not graphs.autoencoder]
FILES = sorted({path.stem for path in (firmware_folder() / "src").glob("*.c")} - NOT_CALLED)


@pytest.mark.parametrize("file", FILES)
def test_coefficients_are_of_the_kernel_as_it_is(file: str) -> None:
    assert file in plugins.names("edgekit.backends.c.counts"), (
        f"write edgekit/backends/c/counts/{file}.py, then {REFIT}"
    )
    assert counts.measured(file).get("fingerprint") == counts.fingerprint(file), f"{file} has changed: {REFIT}"


@pytest.mark.parametrize("file", FILES)
def test_cycles_are_of_the_costs_as_they_are(file: str) -> None:
    """Of every kernel and core that has instructions: a choice by cycles must not pass over one."""
    found = counts.measured(file)
    for level, core in ((level, core) for level, cores in found["instructions"].items() for core in cores):
        instructions, of_core = (found.get(u, {}).get(level, {}).get(core, {}) for u in counts.UNITS)
        if counts.has_cycles(core, level):
            assert of_core.keys() == instructions.keys(), f"{file} lacks cycles on {core} at {level}: {REFIT}"
        assert found["costs"][core] == cycles.fingerprint(core), f"the costs of {core} have changed: {REFIT}"


def test_fingerprint_of_costs_is_of_numbers_not_of_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles, "FOLDER", tmp_path)

    def printed(*lines: str) -> str | None:
        (tmp_path / "core.toml").write_text("\n".join(['limits = "none"', *lines]))
        return cycles.fingerprint("core")

    plain = printed('source = "a book"')
    assert printed('source = "another"', "ranks = true") == plain
    assert printed('source = "a book"', "load = 1") not in (plain, None)
    assert cycles.fingerprint("nobody's") is None


def test_fingerprint_is_of_code_not_of_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("src", "include/edgekit"):
        (tmp_path / room).mkdir(parents=True)
    monkeypatch.setattr("edgekit.backends.c.project.firmware_folder", lambda: tmp_path)
    source, header = tmp_path / "src" / "k.c", tmp_path / "include" / "edgekit" / "k.h"

    def printed(code: str, included: str) -> str:
        source.write_text(f'#include "edgekit/k.h"\n{code}')
        header.write_text(included)
        return counts.fingerprint("k")

    plain = printed("int x = 1;", "int y;")
    assert printed("/* a\nword */ int  x = 1;\n", "int y; /* another */") == plain
    assert len({plain, printed("int x = 2;", "int y;"), printed("int x = 1;", "int z;")}) == 3


def test_what_is_not_known_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    known, unknown = Call("lookup", {"count": 9}), Call("nobody", {"count": 9})
    assert counts.instructions(unknown, "cortex-m4") is None and counts.text("nobody", "cortex-m4") is None
    assert counts.instructions(known, "cortex-m0") is None and counts.instructions(known, "cortex-m4") is not None
    assert choice.fastest([unknown, known, known], "cortex-m4") is known
    assert choice.fastest([unknown, known], "cortex-m4") is unknown  # rather than the portable form
    assert choice.fastest([unknown, unknown], "cortex-m4") is unknown
    table = {"instructions": {"-O3": {"cortex-m4": {"lookup": {"call": 5.0, "unseen": ["fours"]}}}}}
    monkeypatch.setattr(counts, "measured", lambda file: table)
    assert counts.instructions(known, "cortex-m4") is None
    assert counts.instructions(Call("lookup", {"count": 0}), "cortex-m4") == 5.0
    found = analyze(graphs.lenet5(), ["qemu-m4"]).estimates["qemu-m4"]
    assert found.total is None and any("ek_conv_2d" in note for note in found.notes)


def test_the_cheapest_is_chosen() -> None:
    small, large = (Call("lookup", {"count": count}) for count in (10, 1000))
    assert choice.fastest([large, small], "cortex-m7") is small
    assert choice.fastest([Alias(), small], "cortex-m7") == Alias()


def test_cycles_count_twice_where_they_rank() -> None:
    assert counts.combined(100, 300, "cortex-m4") == Cost(100, 100)
    plain = counts.combined(100, 100, "cortex-m55")
    assert plain.time == pytest.approx(100) and counts.combined(120, 90, "cortex-m55") < plain
    assert counts.combined(130, 90, "cortex-m55") > plain
    assert counts.has_cycles("cortex-m4", "-O3") and not counts.has_cycles("cortex-m4", "-Os")


def test_what_lacks_cycles_has_no_estimate_where_they_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not compared by something else instead."""
    fitted = {"lookup": {"call": 5.0}}
    table = {"instructions": {"-O3": {"cortex-m4": fitted, "cortex-m55": fitted}}}
    monkeypatch.setattr(counts, "measured", lambda file: table)
    call = Call("lookup", {"count": 0})
    assert counts.cost(call, "cortex-m55") is None and counts.cost(call, "cortex-m4") == Cost(5.0, 5.0)


def test_every_candidate_computes_the_same_layer() -> None:
    graph = graphs.dscnn()
    found = [candidates_of(graph, node, "cortex-m4") for node in graph.nodes]
    assert all(isinstance(some[-1], Alias) or some[-1].file == some[-1].kernel or some[-1].source for some in found)
    assert max(len(some) for some in found) > 1


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m55"])
@pytest.mark.parametrize("make", [graphs.dscnn, graphs.lenet5])
def test_prediction(make: Callable[[], Graph], target: str) -> None:
    compare(make(), target)


def test_prediction_of_cycles(tmp_path: Path) -> None:
    compare_cycles(graphs.dscnn(), "qemu-m55", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m55"])
@pytest.mark.parametrize("name", MODELS)
def test_prediction_of_cycles_of_models(name: str, target: str, shared: Path, tmp_path: Path) -> None:
    compare_cycles(model(shared, name), target, tmp_path)


def compare_cycles(graph: Graph, target: str, folder: Path) -> None:
    options_for(target)
    c.compile(graph, find_target(target), folder)
    real = c.estimate_cycles(folder, c.bench(folder))
    found = analyze(graph, [target]).estimates[target]
    assert found.total_cycles == pytest.approx(real["cycles"], rel=CLOSE, abs=CALL_CYCLES * len(real["layers"])), (
        found.notes
    )
    assert found.cycles is not None and sum(map(float, found.cycles.values())) == pytest.approx(found.total_cycles)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m33", "qemu-m55"])
@pytest.mark.parametrize("name", MODELS)
def test_prediction_of_models(name: str, target: str, shared: Path) -> None:
    compare(model(shared, name), target)


def compare(graph: Graph, target: str) -> None:
    """No layer of these graphs was measured for the fit."""
    options_for(target)
    found, real = analyze(graph, [target]).estimates[target], measure(graph, target, runs=1)
    assert found.total == pytest.approx(real.instructions, rel=CLOSE, abs=CALL * len(real.layers)), found.notes
    assert (found.arena_bytes, found.constant_bytes) == (real.arena, real.constants)
    if target == "qemu-m4" and any(op == "conv_2d" for _, op, _, _ in real.layers):
        assert real.text <= TEXT_LIMIT
