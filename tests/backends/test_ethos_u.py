"""Ethos-U: Vela compiles, its report and reasons are ours, the glue compiles, mistakes are said at once."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import target
from edgekit.backends import ethos_u as backend
from edgekit.backends.ethos_u import figures, glue, operators, vela
from edgekit.doctor.probe import Found
from edgekit.doctor.tools.ethos_u_vela import TOOL
from edgekit.errors import InputError, ToolError, UnsupportedError
from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.pipeline import build
from edgekit.recipe import Recipe
from edgekit.verification import random_inputs
from tests.backends.graphs import small_int8

TARGETS = [name for name in target.load_targets() if name.startswith("ethos-u")]
USUAL = ("ethos-u55-128", "ethos-u65-256", "ethos-u85-256")
U55 = target.find_target("ethos-u55-128")
needs_vela = pytest.mark.skipif(TOOL.find() is None, reason=f"Vela is not installed: {TOOL.install}")
LOG = """
Warning (supported operators) operator: MAX_POOL_2D, ofm: 'z'
Reason: kernel height: 257 out of range
kernel product must be less than or equal to 256*256 and kernel height must be less than or equal to 256.

CPU operators = 2 (1.0%)
   CPU: Passthrough = z (outputs [1, 75, 75, 4])
   CPU: Passthrough = other (outputs [1, 2])
NPU operators = 12 (99.0%)
"""


def high_pool() -> Graph:
    """A convolution, and a pool whose window is one row higher than the NPU's."""
    q = Quantization.per_tensor(0.05, 0)
    graph = Graph("bad", inputs=["x"], outputs=["z"])
    for tensor in (
        Tensor("x", (1, 300, 8, 4), "int8", q),
        Tensor.constant("w", np.ones((4, 3, 3, 4), np.int8), Quantization.per_channel(np.full(4, 0.1, np.float32), 0)),
        Tensor.constant("b", np.zeros(4, np.int32), Quantization.per_channel(np.full(4, 0.005, np.float32), 0)),
        Tensor("y", (1, 300, 8, 4), "int8", q),
        Tensor("z", (1, 300, 8, 4), "int8", q),
    ):
        graph.add(tensor)
    graph.nodes = [
        Node(Conv2D(), ("x", "w", "b"), ("y",)),
        Node(MaxPool2D((257, 1), (1, 1), "same"), ("y",), ("z",)),
    ]
    graph.validate()
    return graph


def in_float(graph: Graph) -> Graph:
    tensors = {
        n: Tensor.constant(n, np.asarray(t.data, np.float32)) if t.is_constant else Tensor(n, t.shape, "float32")
        for n, t in graph.tensors.items()
    }
    return Graph(graph.name, tensors, graph.nodes, graph.inputs, graph.outputs)


@needs_vela
@pytest.mark.parametrize("name", [n if n in USUAL else pytest.param(n, marks=pytest.mark.slow) for n in TARGETS])
def test_every_npu_compiles(tmp_path: Path, name: str) -> None:
    artifact = backend.compile(small_int8(), target.find_target(name), tmp_path)
    assert artifact.compiled and (tmp_path / "model_vela.tflite").read_bytes()[4:8] == b"TFL3"
    estimate = artifact.facts["estimate"]
    assert (
        estimate["cycles"] > 0 and estimate["sram_bytes"] + estimate["dram_bytes"] > 0 and estimate["milliseconds"] > 0
    )
    assert estimate["macs"] >= small_int8().macs()
    assert artifact.facts["cpu_layers"] == [] and any("NOT RUN" in note for note in artifact.notes)
    assert custom_operators(tmp_path / "model_vela.tflite") == ["ethos-u"]
    assert sum(row["count"] for row in backend.bench(tmp_path)["layers"]) >= estimate["cycles_npu"] * 0.5


def custom_operators(path: Path) -> list[str]:
    """All operators of a compiled model, builtin ones as numbers."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    codes = [(c.customCode or str(c.builtinCode).encode()).decode() for c in model.operatorCodes]
    return [codes[o.opcodeIndex] for o in model.subgraphs[0].operators]


@needs_vela
@pytest.mark.parametrize("graph", [high_pool(), in_float(high_pool())], ids=["int8", "float"])
def test_what_vela_leaves_on_the_cpu_is_rejected_with_its_reason(graph: Graph) -> None:
    (found,) = backend.check(graph, U55)
    assert found.layer == "z" and found.op == "max_pool_2d" and "kernel height: 257 out of range" in found.found
    assert backend.check(graph, U55.with_options({"cpu": ("max_pool_2d",)})) == []


@needs_vela
def test_the_cpu_is_used_only_when_allowed(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"1 layers would stay on the CPU.*layer z \(max_pool_2d\)"):
        backend.compile(high_pool(), U55, tmp_path)
    artifact = backend.compile(high_pool(), U55, tmp_path, {"cpu": ("max_pool_2d",)})
    assert artifact.facts["cpu_layers"][0]["layer"] == "z"
    assert any("glue: not written" in note for note in artifact.notes)
    assert len(custom_operators(tmp_path / "model_vela.tflite")) == 2


@needs_vela
def test_glue_compiles_and_has_the_models_sizes(tmp_path: Path) -> None:
    artifact = backend.compile(small_int8(), U55, tmp_path)
    header = (tmp_path / "firmware" / "edgekit_ethosu.h").read_text()
    assert "#define EDGEKIT_INPUTS 1\n" in header
    source = (tmp_path / "firmware" / "edgekit_ethosu.c").read_text()
    assert f"edgekit_input_sizes[EDGEKIT_INPUTS] = {{{9 * 9 * 3}u}}" in source
    assert "edgekit_output_sizes[EDGEKIT_OUTPUTS] = {200u}" in source
    assert (tmp_path / "firmware" / "commands.bin").read_bytes()[:3] == b"COP"  # the driver's action magic
    if shutil.which(glue.COMPILER) is None:
        pytest.skip(f"{glue.COMPILER} is not installed")
    assert any("compiled for Cortex-M55" in note for note in artifact.notes)


@needs_vela
def test_glue_hands_the_driver_what_vela_named(tmp_path: Path) -> None:
    """The glue with a driver of our own on the host: regions, offsets and sizes arrive as Vela's raw output says."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    backend.compile(small_int8(), U55, tmp_path)
    raw = vela.raw(tmp_path / "model.tflite", backend.Options())
    assert raw is not None
    (tmp_path / "driver.c").write_text(FAKE_DRIVER)
    command = ["gcc", "-std=c99", "-Wall", "-Werror", "-I", "declarations", "-I", ".", "edgekit_ethosu.c",
               "edgekit_ethosu_data.S", str(tmp_path / "driver.c"), "-o", str(tmp_path / "glue")]  # fmt: skip
    subprocess.run(command, cwd=tmp_path / "firmware", check=True)
    said = subprocess.run([str(tmp_path / "glue")], capture_output=True, text=True, check=True).stdout.split()
    assert said == [
        "regions", "3", "commands", str(len(raw["cmd_data"])), "weights", str(len(raw["weight_data"])),
        "same", "1", "aligned", "1", "input", str(9 * 9 * 3), "status", "0", "output", "200",
    ]  # fmt: skip


FAKE_DRIVER = r"""
#include <stdio.h>
#include <string.h>
#include "edgekit_ethosu.h"
#include "ethosu_driver.h"
extern const uint8_t edgekit_ethosu_commands[], edgekit_ethosu_weights[];
struct ethosu_driver { int reserved; };
static struct ethosu_driver one;
struct ethosu_driver *ethosu_reserve_driver(void) { one.reserved++; return &one; }
void ethosu_release_driver(struct ethosu_driver *drv) { drv->reserved--; }
int ethosu_invoke_v3(struct ethosu_driver *drv, const void *data, const int size, uint64_t *const base,
                     const size_t *sizes, const int count, void *user) {
    const uint8_t *arena = (const uint8_t *)(uintptr_t)base[1];
    size_t i, ones = 0;
    (void)user;
    printf("regions %d commands %d weights %zu same %d aligned %d ", count, size, sizes[0],
           drv == &one && data == edgekit_ethosu_commands && base[0] == (uint64_t)(uintptr_t)edgekit_ethosu_weights,
           base[0] % 16 == 0 && base[1] % 16 == 0 && base[2] % 16 == 0 && (uintptr_t)data % 16 == 0);
    for (i = 0; i < sizes[1]; i++) ones += arena[i] == 1;
    printf("input %zu ", ones);
    memset((void *)(uintptr_t)base[1], 2, sizes[1]);
    return 0;
}
int main(void) {
    static uint8_t input[4096], output[4096];
    const void *inputs[1] = {input};
    void *outputs[1] = {output};
    size_t i, twos = 0;
    int status;
    memset(input, 1, edgekit_input_sizes[0]);
    status = edgekit_ethosu_run(inputs, outputs);
    for (i = 0; i < sizeof output; i++) twos += output[i] == 2;
    printf("status %d output %zu\n", status + one.reserved, twos);
    return 0;
}
"""


@needs_vela
def test_the_documented_operators_are_those_of_the_report() -> None:
    from edgekit.graph import operators as known

    for family, listed in (("Ethos-U55 and Ethos-U65", operators.U55_AND_U65), ("Ethos-U85", operators.U85)):
        report = vela.report()[family]
        assert {name for name in known() if operators.builtin(name) in report} == set(listed), family


@needs_vela
def test_wrong_configurations_are_input_errors() -> None:
    with pytest.raises(InputError, match=r"System_Config\.nothere not found"):
        backend.check(small_int8(), U55.with_options({"system_config": "nothere"}))
    with pytest.raises(InputError, match=r"no\.ini"):
        backend.check(small_int8(), U55.with_options({"config": "no.ini"}))
    with pytest.raises(InputError):
        backend.check(small_int8(), U55.with_options({"accelerator": "ethos-u99"}))


@needs_vela
def test_run_says_that_it_is_no_npu(tmp_path: Path) -> None:
    backend.compile(small_int8(), U55, tmp_path)
    done = backend.run(tmp_path, random_inputs(small_int8(), 2))
    assert not done.on_target and "NOT RUN" in done.note and done.outputs["z"].shape == (2, 200)


@pytest.mark.parametrize(("found", "said"), [(None, "is not installed"), (Found("3.9.0", ""), "found 3.9.0")])
def test_the_missing_or_old_vela_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found | None, said: str
) -> None:
    monkeypatch.setattr(type(TOOL), "find", lambda self: found)
    seen: list[str] = []
    with pytest.raises(ToolError, match=said):
        build(Recipe(), ["ethos-u55-128"], tmp_path, progress=lambda done, total, text: seen.append(text))
    assert not seen


@needs_vela
@pytest.mark.slow
@pytest.mark.parametrize("model", ["ad01", "ic_resnet8", "kws_dscnn", "vww_96"])
def test_mlperf_tiny(shared: Path, tmp_path: Path, model: str) -> None:
    path = shared / "models" / "mlperf_tiny" / f"{model}_int8.tflite"
    found = build(path, ["ethos-u55-128", "ethos-u65-256", "ethos-u85-256"], tmp_path).targets
    for name, made in found.items():
        assert made.manifest["compiled"] and made.manifest["artifact"]["estimate"]["cycles"] > 0, name
        assert custom_operators(made.folder / "model_vela.tflite") == ["ethos-u"], name


def test_reasons_and_counts_are_read_from_the_log() -> None:
    first, second = vela.left_on_cpu(LOG)
    assert (first.operator, first.tensor) == ("MAX_POOL_2D", "z") and first.reason.endswith("equal to 256.")
    assert second.tensor == "other" and "no reason" in second.reason
    assert vela.left_on_cpu("CPU operators = 0 (0.0%)\nNPU operators = 3 (100.0%)\n") == ()
    with pytest.raises(ToolError, match="not understood"):
        vela.left_on_cpu("something else")


def test_a_report_of_another_form_is_said() -> None:
    with pytest.raises(ToolError, match="not understood"):
        vela.parse_report("# Nothing\n")
    table = "## Ethos-U85 TFLite Summary Table\n\n| Operator | x |\n| --- | --- |\n| ADD | y |\n| CONV_2D | z |\n"
    assert vela.parse_report(table) == {"Ethos-U85": frozenset({"ADD", "CONV_2D"})}


def test_parts_of_a_softmax_count_for_the_softmax(tmp_path: Path) -> None:
    from edgekit.graph.ops.softmax import Softmax

    q = Quantization.per_tensor(1 / 256, -128)
    graph = Graph("g", inputs=["x"], outputs=["y"])
    for name in ("x", "y"):
        graph.add(Tensor(name, (1, 4), "int8", q))
    graph.nodes = [Node(Softmax(), ("x",), ("y",))]
    rows = ["Original Operator,Name,Op Cycles", "Softmax,x_softmax_0,10", "Softmax,x_softmax_1,5", "Softmax,y,1"]
    (tmp_path / "layers.csv").write_text("\n".join(rows))
    (row,) = figures.by_layer(tmp_path / "layers.csv", graph)
    assert (row["layer"], row["count"]) == ("y", 16)


def test_manifest_numbers_are_json() -> None:
    summary: dict[str, Any] = dict.fromkeys(
        ("core_clock", "cycles_total", "cycles_npu", "inference_time", "sram_memory_used", "dram_memory_used",
         "on_chip_flash_memory_used", "off_chip_flash_memory_used", "total_npu_encoded_weights", "nn_macs"), "1.5"
    )  # fmt: skip
    found = figures.facts(summary | {"system_config": "a", "memory_mode": "b"})
    assert json.loads(json.dumps(found))["sram_bytes"] == 1536 and found["flash_bytes"] == 3072
