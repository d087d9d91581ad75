"""The driver of edgetpu_compiler, with a program that behaves as the documentation says."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from edgekit.backends import coral
from edgekit.backends.coral import compiler
from edgekit.backends.coral.log import parse
from edgekit.backends.coral.options import Options
from edgekit.errors import ToolError, UnsupportedError, VerificationError
from edgekit.target import load_targets
from tests.backends.compiled_model import compiled_model
from tests.backends.graphs import small_int8

SUMMARY = """Edge TPU Compiler version 16.0.384591198
Started a compilation timeout timer of 180 seconds.

Model compiled successfully in 37 ms.

Input model: model.tflite
Input size: 2.35KiB
Output model: model_edgetpu.tflite
Output size: 17.10KiB
On-chip memory used for caching model parameters: 5.25KiB
On-chip memory remaining for caching model parameters: 7.93MiB
Off-chip memory used for streaming uncached model parameters: 0.00B
Number of Edge TPU subgraphs: 1
Total number of operations: 2
Operation log: model_edgetpu.log
"""
FULL = (
    SUMMARY
    + """
Operator                       Count      Status

CONV_2D                        1          Mapped to Edge TPU
RESHAPE                        1          Mapped to Edge TPU
Compilation child process completed within timeout period.
Compilation succeeded!
"""
)
PARTIAL = (
    SUMMARY
    + """
Model successfully compiled but not all operations are supported by the Edge TPU.
Number of operations that will run on Edge TPU: 1
Number of operations that will run on CPU: 1

Operator                       Count      Status

CONV_2D                        1          Mapped to Edge TPU
RESHAPE                        1          More than one subgraph is not supported
Compilation succeeded!
"""
)

FAKE = """#!/usr/bin/env python3
import json, os, sys, time
from pathlib import Path
here = Path(__file__).resolve().parent
(here / "calls.json").write_text(json.dumps(sys.argv[1:]))
if "--version" in sys.argv:
    print("Edge TPU Compiler version 16.0.384591198")
    sys.exit(0)
plan = json.loads((here / "plan.json").read_text())
if plan.get("sleep"):
    if os.fork() == 0:
        time.sleep(plan["sleep"])
        (here / "survivor").write_text("still here")
        os._exit(0)
    time.sleep(plan["sleep"])
words = sys.argv[1:]
folder = Path(words[words.index("--out_dir") + 1])
model = Path(words[-1])
assert model.read_bytes()[4:8] == b"TFL3"
print(plan["log"])
for name in plan.get("outputs", [model.stem + "_edgetpu.tflite"]):
    (folder / name).write_bytes((here / "compiled").read_bytes())
sys.exit(plan.get("status", 0))
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a fake edgetpu_compiler on PATH; call the result with its plan."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "edgetpu_compiler"
    program.write_text(FAKE)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / "compiled").write_bytes(compiled_model())
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("EDGETPU_COMPILER", raising=False)

    def plan(**values: Any) -> Path:
        (folder / "plan.json").write_text(json.dumps(values))
        return folder

    return plan


def build(tmp_path: Path, **options: Any) -> Any:
    folder = tmp_path / "artifact"
    folder.mkdir(exist_ok=True)
    return coral.compile(small_int8(), load_targets()["coral"], folder, options), folder


def test_success(fake: Any, tmp_path: Path) -> None:
    calls = fake(log=FULL)
    artifact, folder = build(tmp_path, min_runtime_version=13, search_delegate=True, min_mapped=1.0)
    assert artifact.compiled is True and artifact.notes == ()
    assert set(artifact.files) == {path.name for path in folder.iterdir()}
    assert "model_edgetpu.tflite" in artifact.files
    log = artifact.facts["compiler"]
    assert (log["version"], log["mapped"], log["total"]) == ("16.0.384591198", 2, 2)
    assert (log["milliseconds"], log["subgraphs"], log["operations"]) == (37, 1, 2)
    assert (log["on_chip_used"], log["on_chip_remaining"], log["off_chip"]) == (5376, 8315208, 0)
    assert artifact.facts["compiled_models"]["model_edgetpu.tflite"]["cached_bytes"] == 5000
    words = json.loads((calls / "calls.json").read_text())
    assert words[0] == "--show_operations" and "--search_delegate" in words
    assert words[words.index("--min_runtime_version") + 1] == "13"
    assert words[words.index("--timeout_sec") + 1] == "180"


def test_what_stays_on_the_cpu_is_an_error_until_allowed(fake: Any, tmp_path: Path) -> None:
    fake(log=PARTIAL)
    with pytest.raises(UnsupportedError, match="1 x RESHAPE: More than one subgraph"):
        build(tmp_path)
    with pytest.raises(VerificationError, match=r"0\.9 required, 1 of 2 .* RESHAPE: More than one subgraph"):
        build(tmp_path, min_mapped=0.9)
    with pytest.raises(VerificationError, match="2 required"):
        build(tmp_path, min_mapped=2)
    for allowed in ({"min_mapped": 0.5}, {"min_mapped": 1}, {"cpu": ["reshape"]}):
        artifact, _ = build(tmp_path, **allowed)
        assert artifact.notes == ("on the device's CPU: 1 x RESHAPE: More than one subgraph is not supported",)


def test_allowing_one_operator_does_not_allow_another(fake: Any, tmp_path: Path) -> None:
    fake(log=PARTIAL.replace("More than one subgraph is not supported", "Operation version not supported"))
    with pytest.raises(UnsupportedError, match="RESHAPE: Operation version not supported"):
        build(tmp_path, cpu=["softmax"])


def test_failure_says_what_the_compiler_said(fake: Any, tmp_path: Path) -> None:
    fake(log="Invalid model: model.tflite\nModel not quantized", status=1, outputs=[])
    with pytest.raises(ToolError, match=r"exit status 1: .*Model not quantized"):
        build(tmp_path)


def test_no_output_and_garbage_are_errors(fake: Any, tmp_path: Path) -> None:
    fake(log=FULL, outputs=[])
    with pytest.raises(ToolError, match="wrote no compiled model"):
        build(tmp_path)
    fake(log="\x00\xff 1 2 3 CONV_2D what")
    with pytest.raises(ToolError, match="log is not understood"):
        build(tmp_path)
    fake(log=FULL, outputs=["model_segment_0_of_2_edgetpu.tflite", "model_segment_1_of_2_edgetpu.tflite"])
    with pytest.raises(ToolError, match="wrote 2 models, 1"):
        build(tmp_path)
    artifact, _ = build(tmp_path, num_segments=2)
    assert "model_segment_1_of_2_edgetpu.tflite" in artifact.files


def test_a_compiler_that_hangs_is_stopped_with_its_children(
    fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "GRACE", 0)
    folder = fake(log=FULL, sleep=2)
    with pytest.raises(ToolError, match=r"did not finish model\.tflite in 1 s"):
        build(tmp_path, timeout=1)
    time.sleep(1.5)
    assert not (folder / "survivor").exists()


def test_absence_is_told_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("EDGETPU_COMPILER", raising=False)
    artifact, folder = build(tmp_path, min_runtime_version=13)
    assert artifact.compiled is False and (folder / "model.tflite").is_file()
    assert "compiled: no" in artifact.notes[0] and "apt-get install edgetpu-compiler" in artifact.notes[0]
    assert artifact.facts["compile_command"].startswith("edgetpu_compiler --show_operations --out_dir . ")
    assert "--min_runtime_version 13" in artifact.facts["compile_command"]
    for options in ({"require_compiler": True}, {"min_mapped": 0.9}):
        with pytest.raises(ToolError, match="is not here"):
            build(tmp_path, **options)
    monkeypatch.setenv("EDGETPU_COMPILER", str(tmp_path / "nothing"))
    with pytest.raises(ToolError, match="EDGETPU_COMPILER"):
        build(tmp_path)
    assert "unusable" in coral.versions()["edgetpu_compiler"]


def test_versions(fake: Any) -> None:
    assert coral.versions()["edgetpu_compiler"] == "16.0.384591198"
    assert compiler.find(Options()) is not None


def test_logs_of_old_compilers() -> None:
    log = parse(
        "Edge TPU Compiler version 2.0.267685300Model compiled successfully in 231 ms.\n"
        "On-chip memory available for caching model parameters: 1.73MiB\n"
        "Total number of operations: 3\n"
        "Operator                       Count      Status\n"
        "DEPTHWISE_CONV_2D              1          Mapped to Edge TPU\n"
        "DEQUANTIZE                     1          Operation is working on an unsupported data type\n"
        "CUSTOM-THING                   1          Operation not supported\n"
    )
    assert log.version == "2.0.267685300" and log.milliseconds == 231 and log.on_chip_remaining == 1814036
    assert (log.mapped, log.total) == (1, 3) and log.off_chip is None
    assert [row.op for row in log.unmapped] == ["DEQUANTIZE", "CUSTOM-THING"]
    assert not parse("").recognized and parse("").mapped is None
