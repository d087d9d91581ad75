"""The development models: exact on the host under sanitizers, and in arenas near the lower bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.analysis import live_bytes
from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.memory import memory_map
from edgekit.errors import EdgekitError
from edgekit.frontend import load
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove

MODELS = (
    "mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8", "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/vww_96_int8",
    "tflite_micro/hello_world_int8", "tflite_micro/micro_speech_quantized", "tflite_micro/person_detect",
    "tinymaix/cifar10_q", "tinymaix/mnist_resnet_q", "tinymaix/mnist_valid_q", "coral/split_concat",
)  # fmt: skip
LARGEST_EXCESS = 1.05  # of the arena over the bytes alive at once


def model(shared: Path, name: str) -> Graph:
    return load(shared / "models" / f"{name}.tflite")


@pytest.mark.parametrize("guard", [0, GUARD])
def test_models_on_the_host(guard: int, shared: Path, tmp_path: Path) -> None:
    cases = [Case(f"m_{name.split('/')[1]}", model(shared, name), 1, 1, guard) for name in MODELS]
    prove(cases, "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("name", MODELS)
def test_arenas_are_near_the_bound(name: str, shared: Path) -> None:
    """The planner's bound knows of in-place outputs; `live_bytes` does not and is never smaller."""
    graph = model(shared, name)
    found = memory_map(graph, calls_of(graph, "portable")).plan
    assert found.bound <= found.arena <= LARGEST_EXCESS * found.bound
    aligned = 16 * (len(graph.inputs) + len(graph.outputs) + 1)
    assert found.arena <= LARGEST_EXCESS * max(live_bytes(graph)) + aligned


def test_no_int8_model_is_left_out(shared: Path) -> None:
    """Whatever else the reader takes among the development models is no int8 graph."""
    for path in sorted((shared / "models").rglob("*.tflite")):
        name = f"{path.parent.name}/{path.stem}"
        try:
            graph = load(path)
        except EdgekitError:
            continue
        assert name in MODELS or not any(t.dtype == "int8" for t in graph.activations()), name
