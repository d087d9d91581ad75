"""Builds: what is written, what is compiled, and what is said where it was not run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.backends import cuda
from edgekit.backends.cuda import options, toolchain, vehicle
from edgekit.backends.cuda.project import network
from edgekit.backends.cuda.vehicle import FACTS, IMAGE, MODEL, TWIN
from edgekit.doctor.probe import Found
from edgekit.errors import InputError, ToolError, UnsupportedError, UsageError
from edgekit.frontend import load
from edgekit.graph import Graph
from edgekit.graph.ops.add import Add
from edgekit.reference import Simulator
from edgekit.target import Target, find_target
from edgekit.verification import random_inputs
from tests.backends.graphs import one_node, small_int8

NO_GPU = {"error": "no CUDA-capable device is detected", "driver": 0, "runtime": 13000, "gpu": "", "capability": 0}


def target(**given: Any) -> Target:
    return find_target("cuda").with_options(given)


@pytest.fixture(scope="module")
def without_nvcc() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toolchain, "nvcc", lambda: None)
        yield patch


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, without_nvcc: pytest.MonkeyPatch) -> tuple[Path, Any]:
    """A small model's folder, as it becomes where there is a C++ compiler and no nvcc."""
    if shutil.which(toolchain.HOST) is None:
        pytest.skip(f"{toolchain.HOST} is not installed")
    folder = tmp_path_factory.mktemp("built")
    return folder, cuda.compile(small_int8(), target(), folder)


def test_without_nvcc_the_twin_proves_the_sources(built: tuple[Path, Any]) -> None:
    folder, artifact = built
    assert artifact.compiled is False and any("apt-get install nvidia-cuda-toolkit" in note for note in artifact.notes)
    assert {"src/model.cu", "src/model.h", "CMakeLists.txt", "runner/runner.cu", TWIN} <= set(artifact.files)
    assert all((folder / name).is_file() for name in artifact.files)
    graph = load(folder / MODEL)
    inputs = random_inputs(graph, 3)
    run = cuda.run(folder, inputs)
    assert not run.on_target and run.note.startswith("not compiled; on a GPU: NOT RUN (nvcc was not there")
    np.testing.assert_array_equal(run.outputs["z"], Simulator(graph).run(inputs)["z"])
    found = cuda.verify(folder, inputs)
    assert found.exact and found.samples == 3 and "NOT RUN" in found.version
    assert [(layer.layer, layer.values) for layer in found.layers] == [("y", 600)]
    with pytest.raises(ToolError, match=r"on a GPU: NOT RUN.*check_on_gpu"):
        cuda.bench(folder)
    with pytest.raises(UsageError, match="serial port"):
        cuda.run(folder, inputs, port="/dev/ttyUSB0")


def test_a_value_that_differs_is_counted(built: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = vehicle.Vehicle.layers

    def twisted(self: vehicle.Vehicle, samples: Any) -> Any:
        found = honest(self, samples)
        found[0]["y"] = found[0]["y"].copy()
        found[0]["y"].flat[7] ^= 1
        return found

    monkeypatch.setattr(vehicle.Vehicle, "layers", twisted)
    found = cuda.verify(built[0], random_inputs(small_int8(), 2))
    assert not found.exact and (found.layers[0].differing, found.layers[0].largest) == (1, 1.0)


def test_the_program_for_the_device(built: tuple[Path, Any], tmp_path: Path) -> None:
    folder, _ = built
    for name in ("check_on_gpu.py", "golden_inputs.bin", "golden_layers.json"):
        shutil.copyfile(folder / name, tmp_path / name)
    command = [sys.executable, str(tmp_path / "check_on_gpu.py"), str(folder / TWIN)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["differing_layers"] == []
    golden = json.loads((tmp_path / "golden_layers.json").read_text())
    golden["layers"][0]["crcs"][1] ^= 1
    (tmp_path / "golden_layers.json").write_text(json.dumps(golden))
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "DIFFERS" in done.stdout and "1 of 1 layers differ" in done.stdout
    done = subprocess.run(command[:2], capture_output=True, text=True)
    assert done.returncode == 2 and "NOT RUN: no program is here" in done.stdout


def test_nothing_compiled_is_one_clear_error(
    tmp_path: Path, without_nvcc: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "host_version", lambda: "not installed")
    artifact = cuda.compile(small_int8(), target(), tmp_path)
    assert artifact.compiled is False and TWIN not in artifact.files
    with pytest.raises(ToolError, match=r"NOT RUN: nvcc was not there.*no host twin"):
        cuda.run(tmp_path, random_inputs(small_int8(), 1))
    with pytest.raises(InputError, match="holds no CUDA build"):
        cuda.run(tmp_path / "src", {})


def test_the_gpu_s_code_is_compiled(nvcc: str, tmp_path: Path) -> None:
    """For Orin and Hopper, without spills; the program says what it runs on."""
    artifact = cuda.compile(small_int8(), target(architectures=[87, 90]), tmp_path)
    assert artifact.compiled and (tmp_path / IMAGE).is_file()
    figures = artifact.facts["ptxas"]
    assert figures["spill_bytes"] == 0 and figures["kernels"] >= 2 and 16 < figures["registers"] <= 168
    info = vehicle.ask(tmp_path / IMAGE, "info")
    assert info["model"] == small_int8().fingerprint() and info["runtime"] >= 11040
    inputs = random_inputs(small_int8(), 2)
    run = cuda.run(tmp_path, inputs)
    np.testing.assert_array_equal(run.outputs["z"], Simulator(small_int8()).run(inputs)["z"])
    assert run.on_target == (not info["error"]) and ("NOT RUN" in run.note) != run.on_target


@pytest.mark.parametrize(
    "change, said",
    [
        ({}, "no NVIDIA driver is here"),
        ({"driver": 13000}, "no CUDA-capable device is detected"),
        ({"error": "", "driver": 13000, "gpu": "NVIDIA H200", "capability": 90}, ""),
        ({"error": "", "driver": 13000, "gpu": "NVIDIA A10", "capability": 86}, ""),
    ],
)
def test_whether_there_is_a_gpu(change: dict[str, Any], said: str) -> None:
    assert vehicle.why_not({**NO_GPU, **change}, [80]) == said


def test_a_driver_or_gpu_that_is_too_old_is_one_clear_error() -> None:
    with pytest.raises(ToolError, match=r"CUDA up to 12\.2, this one was compiled by 13\.0"):
        vehicle.why_not({**NO_GPU, "driver": 12020}, [80])
    old = {**NO_GPU, "error": "", "driver": 13000, "gpu": "Tesla T4", "capability": 75}
    with pytest.raises(ToolError, match=r"Tesla T4: has compute capability 7\.5.*compiled for 80"):
        vehicle.why_not(old, [80])


@pytest.mark.parametrize(
    "built_for, capability, takes",
    [((87,), 87, True), ((86,), 87, True), ((87,), 86, False), ((80,), 120, True), ((75, 80), 61, False)],
)
def test_what_runs_where(built_for: tuple[int, ...], capability: int, takes: bool) -> None:
    assert options.runs_on(built_for, capability) == takes


def test_bad_options_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"compute capability 5\.3 has no dp4a: 61 is the least"):
        cuda.check(small_int8(), target(architectures=[53]))
    with pytest.raises(InputError, match="sm"):
        cuda.check(small_int8(), target(sm=80))
    monkeypatch.setattr(toolchain, "card", lambda: 52)
    with pytest.raises(InputError, match=r"5\.2, without dp4a"):
        cuda.require(target())


def test_an_nvcc_that_does_not_fit_is_said_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "nvcc", lambda: "/opt/cuda/bin/nvcc")
    monkeypatch.setattr(toolchain.probe.Program, "find", lambda self: Found("10.2", "/opt/cuda/bin/nvcc"))
    with pytest.raises(ToolError, match=r"must be >=11\.4, found 10\.2"):
        cuda.require(target())
    monkeypatch.setattr(toolchain.probe.Program, "find", lambda self: Found("13.0", "/opt/cuda/bin/nvcc"))
    monkeypatch.setattr(toolchain, "_output", lambda command, folder: "compute_75\ncompute_80\ncompute_90\n")
    cuda.require(target(architectures=[80, 90]))
    with pytest.raises(ToolError, match=r"13\.0 compiles for compute capability 7\.5 to 9\.0, 6\.1 is asked for"):
        cuda.require(target(architectures=[61]))


def test_what_is_not_taken() -> None:
    floating = one_node(Add(), [(1, 4), (1, 4)], dtype="float32")
    with pytest.raises(UnsupportedError, match="int8"):
        cuda.compile(floating, target(), Path("nowhere"))
    huge = one_node(Add(), [(1 << 31,), (1 << 31,)])
    assert [r.found for r in cuda.check(huge, target())] == ["2,147,483,648 bytes in x0"]


def test_estimate_is_the_memory_that_is_built(built: tuple[Path, Any]) -> None:
    found, facts = cuda.estimate(small_int8(), target()), json.loads((built[0] / FACTS).read_text())
    assert (found.arena_bytes, found.constant_bytes) == (facts["arena_bytes"], facts["constant_bytes"])
    assert found.total is None and found.kernels == {"y": "conv_2d_mma"}
    assert cuda.estimate(small_int8(), target(architectures=[75])).kernels == {"y": "conv_2d_dp4a"}


def test_the_figures_of_ptxas() -> None:
    log = """ptxas info    : Compiling entry function '_Z1kPi' for 'sm_87'
    8 bytes stack frame, 16 bytes spill stores, 24 bytes spill loads
ptxas info    : Used 64 registers, used 1 barriers, 10240 bytes smem, 480 bytes cmem[0]
"""
    (row,) = toolchain.figures(log)
    assert row == {"kernel": "_Z1kPi", "architecture": 87, "stack_bytes": 8, "spill_bytes": 40, "registers": 64,
                   "shared_bytes": 10240}  # fmt: skip


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_pytorch_beside_it_has_the_same_shapes(precision: str, shared: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from edgekit.backends.cuda.beside_pytorch import Network

    for name in ("ad01", "ic_resnet8", "kws_dscnn", "vww_96"):
        graph: Graph = load(shared / "models" / "mlperf_tiny" / f"{name}_int8.tflite")
        beside = Network(json.loads(json.dumps(network(graph))), "cpu", precision)
        outputs = beside(*beside.inputs())
        assert [tuple(y.shape) for y in outputs] == [graph.tensors[n].shape for n in graph.outputs]


@pytest.mark.slow
def test_cmake_builds_the_twin(built: tuple[Path, Any], tmp_path: Path) -> None:
    if shutil.which("cmake") is None:
        pytest.skip("cmake is not installed")
    made = tmp_path / "out"
    for command in (["-S", str(built[0]), "-B", str(made), "-DEDGEKIT_TWIN=ON"], ["--build", str(made)]):
        done = subprocess.run(["cmake", *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert re.search("host twin", subprocess.run([str(made / IMAGE), "info"], capture_output=True, text=True).stdout)
