"""From a model to a proven, measured firmware with the verbs: `build`, `verify`, `bench`, `run`, `flash`."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgekit import api
from edgekit.backends.c import toolchain
from edgekit.backends.c.options import Options
from edgekit.device import emulator
from edgekit.frontend.tflite import save
from tests.cli.conftest import Cli, small_graph


@pytest.fixture(autouse=True, scope="module")
def tools() -> None:
    for program in ("arm-none-eabi-gcc", "qemu-system-arm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


@pytest.fixture(scope="module")
def made(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    save(small_graph(), folder / "model.tflite")
    api.build(folder / "model.tflite", ["qemu-m4"], folder)
    return folder / "model" / "qemu-m4"


@pytest.fixture
def built(made: Path, tmp_path: Path) -> Path:
    """A copy of its own for each test."""
    return Path(shutil.copytree(made, tmp_path / "qemu-m4"))


def rebuild_with(folder: Path, pattern: str, replacement: str) -> None:
    """A firmware that computes something else, with the hash of the model."""
    source = folder / "src" / "model.c"
    text, count = re.subn(pattern, replacement, source.read_text(), count=1)
    assert count == 1
    source.write_text(text)
    facts = json.loads((folder / "firmware.json").read_text())
    toolchain.build(folder, Options.model_validate(facts["options"]), "firmware.elf")


def test_the_manifest_says_what_was_proven_and_counted(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    proof = next(p for p in manifest["verified"] if p.get("vehicle"))
    assert (proof["status"], proof["differing"], proof["layers"], proof["samples"]) == ("exact", 0, 1, {"golden": 2})
    assert re.match(r"QEMU \S+ mps2-an386", proof["version"])
    facts, counted = manifest["artifact"], manifest["bench"]
    assert counted["unit"] == "instructions" and counted["arena_bytes"] == facts["arena_bytes"]
    assert 0 < counted["stack_bytes"] < 8192 and facts["flash_code_bytes"] > 0


def test_verify_and_bench_of_a_build(cli: Cli, built: Path) -> None:
    proven = cli("verify", built, "--json").json
    assert proven["exact"] is True and len(proven["runtimes"]) == 2
    on_board = proven["runtimes"][1]
    assert (on_board["samples"], [x["layer"] for x in on_board["layers"]]) == (2, ["features"])
    first, second = cli("bench", built, "--json").json, cli("bench", built, "--json").json
    for one in (first, second):
        one.pop("retries")  # a busy host answers late, and requests are then sent again
    assert first == second, "instruction counts repeat exactly"
    (layer,) = first["layers"]
    assert (layer["layer"], layer["op"], layer["macs"]) == ("features", "conv_2d", 3 * 3 * 4 * 3 * 3 * 2)
    assert abs(layer["count"] - first["total"]) < 20 < layer["count"] and first["macs"] == layer["macs"]
    assert first["cycle_model"]["core"] == "cortex-m4" and layer["cycles"] > layer["count"]
    shown = cli("bench", built).out
    assert all(f"{first[key]:,}" in shown for key in ("total", "cycles")) and "no plan needs less than" in shown
    assert "estimated for the cortex-m4, not measured" in shown and first["cycle_model"]["source"] in shown
    quick = cli("bench", built, "--no-cycles").out
    assert f"{first['total']:,}" in quick and f"{first['cycles']:,}" not in quick and "not estimated" in quick


def test_run_gives_the_golden_outputs(cli: Cli, built: Path, tmp_path: Path) -> None:
    done = cli("run", built, "--input", built / "golden" / "inputs.npz", "--output", tmp_path / "out.npz", "--json")
    assert done.code == 0 and done.json["on_target"] is True
    with np.load(tmp_path / "out.npz") as found, np.load(built / "golden" / "outputs.npz") as expected:
        assert set(found) == set(expected)
        assert all((found[name] == expected[name]).all() for name in found)


def test_a_wrong_firmware_is_exit_code_1_and_names_the_layer(cli: Cli, built: Path) -> None:
    rebuild_with(built, r"(layer0_(?:weights|stream)\[\d+\] EK_ALIGNED = \{\s*)-?\d+", r"\g<1>30000")
    done = cli("verify", built)
    assert done.code == 1
    assert "DIFFERS, first in layer features (conv_2d)" in done.out


def test_the_firmware_of_another_model_is_refused(cli: Cli, built: Path) -> None:
    header = built / "src" / "model.h"
    header.write_text(re.sub(r'MODEL_HASH "....', 'MODEL_HASH "0000', header.read_text()))
    rebuild_with(built, r"\A", "")
    done = cli("bench", built)
    assert done.code == 1 and "another model" in done.err


def test_a_board_at_a_port(cli: Cli, built: Path, tmp_path: Path) -> None:
    """The emulator's line is a serial port like any other."""
    with emulator.board(built / "firmware.elf", "mps2-an386", 8) as port:
        done = cli("verify", built, "--port", port)
        assert done.code == 0 and f"board at {port}" in done.out and "tflite-micro" not in done.out
        assert cli("bench", built, "--port", port, "--json").json["vehicle"] == f"board at {port}"
        inputs = built / "golden" / "inputs.npz"
        assert cli("run", built, "-i", inputs, "-o", tmp_path / "o.npz", "--port", port).code == 0
    gone = cli("verify", built, "--port", tmp_path / "no-port")
    assert gone.code == 5 and "cannot be opened" in gone.err


def test_boards_and_targets_that_cannot_be_measured_say_so(cli: Cli, model: Path, tmp_path: Path) -> None:
    output = tmp_path / "build"
    done = cli("build", model, "-t", "nano33ble", "-t", "reference", "-o", output)
    assert done.code == 0 and "NOT RUN on the board" in done.out
    board, reference = output / "model" / "nano33ble", output / "model" / "reference"
    manifest = json.loads((board / "manifest.json").read_text())
    proof = next(p for p in manifest["verified"] if p.get("vehicle"))
    assert proof["status"] == "NOT RUN" and "--port" in proof["reason"] and manifest["bench"] is None
    assert "NOT RUN" in (board / "report.html").read_text()
    assert cli("verify", board).code == 0 and "nano33ble: NOT RUN" in cli("verify", board).out
    assert cli("bench", board).code == 5
    assert cli("bench", reference).code == 4
    assert cli("verify", reference, "--port", "/dev/null").code == 2
    assert cli("verify", model, "--port", "/dev/null").code == 2


def test_flash_calls_platformio(
    cli: Cli, built: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("build", model, "-t", "nano33ble", "-o", tmp_path / "build").code == 0
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.chdir(tmp_path)
    missing = cli("flash", "--target", "nano33ble")
    assert missing.code == 5 and "[firmware]" in missing.err
    pio = programs / "pio"
    pio.write_text('#!/bin/sh\necho "called: $@"\n')
    pio.chmod(0o755)
    done = cli("flash", "--target", "nano33ble", "--port", "/dev/ttyX")
    assert done.code == 0
    assert "-dir build/model/nano33ble --environment nano33ble --target upload --upload-port /dev/ttyX" in done.out
    pio.write_text("#!/bin/sh\necho no board found >&2\nexit 7\n")
    failed = cli("flash", tmp_path / "build" / "model" / "nano33ble")
    assert failed.code == 5 and "no board found" in failed.err
    assert cli("flash", built).code == 4
    assert cli("flash", "--target", "pico").code == 3
    assert cli("flash").code == 2


@pytest.mark.slow
@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m7", "qemu-m55"])
@pytest.mark.parametrize("name", ["kws_dscnn", "vww_96", "ic_resnet8", "ad01"])
def test_the_mlperf_tiny_models_are_exact_on_emulated_boards(
    name: str, target: str, cli: Cli, shared: Path, tmp_path: Path
) -> None:
    model = shared / "models" / "mlperf_tiny" / f"{name}_int8.tflite"
    assert cli("build", model, "-t", target, "-o", tmp_path).code == 0
    manifest = json.loads((tmp_path / model.stem / target / "manifest.json").read_text())
    assert [p["status"] for p in manifest["verified"]] == ["exact", "exact"]
    assert manifest["bench"]["total"] > manifest["model"]["macs"] // 16
