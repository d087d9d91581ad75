"""MLPerf Tiny's four models on emulated boards: exact, within the arena that was planned, counted twice the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edgekit.backends import c
from edgekit.frontend import load
from edgekit.target import find_target
from edgekit.verification import random_inputs

MODELS = ("ad01_int8", "ic_resnet8_int8", "kws_dscnn_int8", "vww_96_int8")
LOGGED = 20_000_000  # instructions up to which the slow log of what is executed is compared, too


@pytest.mark.slow
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m55"])
@pytest.mark.parametrize("model", MODELS)
def test_models_on_emulated_boards(model: str, target: str, shared: Path, tmp_path: Path) -> None:
    for program in ("arm-none-eabi-gcc", "qemu-system-arm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    graph = load(shared / "models" / "mlperf_tiny" / f"{model}.tflite")
    facts = c.compile(graph, find_target(target), tmp_path).facts
    proof = c.verify(tmp_path, random_inputs(graph, 3))
    assert proof.first_difference is None and proof.samples == 3 and len(proof.layers) == len(facts["layers"])
    first, second = c.bench(tmp_path), c.bench(tmp_path)
    assert first == second and first["unit"] == "instructions"
    assert first["arena_bytes"] == facts["arena_bytes"] <= 1.05 * facts["arena_bound_bytes"]
    assert first["stack_bytes"] > 0
    if first["total"] <= LOGGED:
        estimated = c.estimate_cycles(tmp_path, first)
        assert estimated["cycles"] > 0 and sum(estimated["classes"].values()) == first["total"]
