"""The default network, trained once and built for every vendor that is here; accuracy on its whole test part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edgekit import backends, frontend, train
from edgekit.backends.movidius import half
from edgekit.errors import ToolError
from edgekit.pipeline import build
from edgekit.pipeline.result import BuildResult
from edgekit.pipeline.samples import as_input
from edgekit.recipe import Recipe
from edgekit.reference import Simulator
from edgekit.target import find_target

TARGETS = (
    "openvino", "movidius", "ethos-u55-128", "ethos-u65-256", "ethos-u85-256", "hexagon", "linux-x86",
    "jetson-orin-nano",
)  # fmt: skip
TINY = {"kws_dscnn": "float", "vww_96": "float", "ic_resnet8": "float", "ad01": "fp32"}  # the MLPerf Tiny models
POINTS = 0.1  # of accuracy that a target may differ from the simulator
pytestmark = pytest.mark.slow


def absent(name: str) -> str:
    """Why a target cannot be built here; empty when it can."""
    found = find_target(name)
    backend = backends.backend(found.backend)
    try:
        if hasattr(backend, "require"):  # not where the base installation suffices
            backend.require(found)
    except ToolError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    here = [name for name in TARGETS if not absent(name)]
    if not here:
        pytest.skip("no vendor's compiler is here: make test-all installs them")
    return build(Recipe(), here, tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def tested() -> tuple[Any, Any]:
    data = train.load_data(Recipe().data)
    return data.test_x, data.test_y


def folder_of(built: BuildResult, name: str) -> Path:
    if name not in built.targets:
        pytest.skip(f"{name}: {absent(name)}")
    return built.targets[name].folder


def points(scores: Any, labels: Any) -> float:
    return 100 * float((scores.reshape(len(labels), -1).argmax(1) == labels).mean())


@pytest.mark.parametrize("name", TARGETS)
def test_artifact_is_compiled_and_proven(built: BuildResult, name: str) -> None:
    folder_of(built, name)
    require_proven(name, built.targets[name].manifest)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("model", TINY)
def test_mlperf_tiny_is_compiled_and_proven(shared: Path, tmp_path: Path, model: str, name: str) -> None:
    if why := absent(name):
        pytest.skip(f"{name}: {why}")
    real = name == "movidius"  # it computes in FP16: the float network goes
    path = shared / "models/mlperf_tiny" / f"{model}_{TINY[model] if real else 'int8'}.tflite"
    found = build(path, [name], tmp_path, calibration="none" if real else None)
    require_proven(name, found.targets[name].manifest)


def require_proven(name: str, manifest: dict[str, Any]) -> None:
    """The artifact is the compiler's, where it can run here, and every runtime that is here agrees in its bound."""
    on_device = name == "jetson-orin-nano"  # TensorRT compiles on the Jetson only
    assert manifest["compiled"] is (False if on_device else None if name == "linux-x86" else True)
    assert len(manifest["verified"]) >= 1 + (name not in ("movidius",))
    for proof in manifest["verified"]:
        assert proof["status"] in ("exact", "within its bound"), proof
    if on_device:
        assert any("NOT RUN" in note and "trtexec" in note for note in manifest["notes"])


@pytest.mark.parametrize("name", ["openvino", "hexagon"])
def test_accuracy_is_the_simulators(built: BuildResult, tested: tuple[Any, Any], name: str) -> None:
    folder, (x, y) = folder_of(built, name), tested
    graph = frontend.load(folder / "model.tflite")
    inputs = as_input(graph, x, "the data set")
    wanted = Simulator(graph).run(inputs)[graph.outputs[0]]
    found = backends.backend(name).run(folder, inputs).outputs[graph.outputs[0]]
    assert abs(points(found, y) - points(wanted, y)) <= POINTS
    other = (found != wanted).reshape(len(y), -1).any(1).sum()
    print(f"{name}: {points(found, y):.2f} %, simulator {points(wanted, y):.2f} %; {other} of {len(y)} outputs differ")


def test_float16_accuracy_is_the_float_networks(built: BuildResult, tested: tuple[Any, Any]) -> None:
    folder, (x, y) = folder_of(built, "movidius"), tested
    real = frontend.load(folder / "model.onnx")
    inputs = as_input(real, x, "the data set")
    name = real.outputs[0]
    assert abs(points(half.run(real, inputs)[name], y) - points(Simulator(real).run(inputs)[name], y)) <= POINTS
